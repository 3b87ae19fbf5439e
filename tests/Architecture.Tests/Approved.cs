namespace Architecture.Tests;

/// <summary>Texts that are a contract: the text generated from the code must equal the approved text.</summary>
internal static class Approved
{
    public const string Command = "RELAIS_APPROVE=1 dotnet test tests/Architecture.Tests";

    /// <summary>
    /// Compares the texts and writes a differing text beside the approved one as .received. RELAIS_APPROVE=1 approves the text.
    /// </summary>
    public static void Equal(string path, string received)
    {
        var approvedPath = Path.Combine(Repository.Root, path);
        var receivedPath = Path.ChangeExtension(approvedPath, $".received{Path.GetExtension(approvedPath)}");
        if (Environment.GetEnvironmentVariable("RELAIS_APPROVE") == "1")
        {
            File.WriteAllText(approvedPath, received);
        }

        var approved = File.Exists(approvedPath) ? File.ReadAllText(approvedPath) : "";
        if (approved == received)
        {
            File.Delete(receivedPath);
            return;
        }

        File.WriteAllText(receivedPath, received);
        Assert.Fail(
            $"{path} differs from the text that the code generates: {FirstDifference(approved, received)}\nCompare it with " +
            $"{Path.GetRelativePath(Repository.Root, receivedPath)}, or approve it: {Command}");
    }

    private static string FirstDifference(string approved, string received)
    {
        var (approvedLines, receivedLines) = (approved.Split('\n'), received.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(approvedLines.Length, receivedLines.Length)).First(
            n => approvedLines.ElementAtOrDefault(n) != receivedLines.ElementAtOrDefault(n));
        return $"line {line + 1} was approved as \"{approvedLines.ElementAtOrDefault(line)?.Trim()}\" " +
            $"and is \"{receivedLines.ElementAtOrDefault(line)?.Trim()}\".";
    }
}
