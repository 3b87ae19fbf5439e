namespace Architecture.Tests;

/// <summary>Texts that are a contract: what is generated from the code must be what somebody approved.</summary>
internal static class Approved
{
    public const string Command = "RELAIS_APPROVE=1 dotnet test tests/Architecture.Tests";

    /// <summary>Compares; what differs stands beside it as .received. Approving writes the approved text.</summary>
    public static void Equal(string path, string received)
    {
        var full = Path.Combine(Repository.Root, path);
        var beside = Path.ChangeExtension(full, $".received{Path.GetExtension(full)}");
        if (Environment.GetEnvironmentVariable("RELAIS_APPROVE") == "1")
        {
            File.WriteAllText(full, received);
        }

        var approved = File.Exists(full) ? File.ReadAllText(full) : "";
        if (approved == received)
        {
            File.Delete(beside);
            return;
        }

        File.WriteAllText(beside, received);
        Assert.Fail($"{path} is not what the code makes: {FirstDifference(approved, received)}\nCompare it with {Path.GetRelativePath(Repository.Root, beside)}; to approve: {Command}");
    }

    private static string FirstDifference(string approved, string received)
    {
        var (old, now) = (approved.Split('\n'), received.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(old.Length, now.Length)).First(n => old.ElementAtOrDefault(n) != now.ElementAtOrDefault(n));
        return $"line {line + 1} was approved as \"{old.ElementAtOrDefault(line)?.Trim()}\" and is \"{now.ElementAtOrDefault(line)?.Trim()}\".";
    }
}
