using System.Collections;
using Npgsql;

namespace Relais.Database.Secrets;

/// <summary>
/// The command rotate-secrets: seals the provider secrets again with the active key. It reads the app's settings from the environment and
/// prints the steps that are left to do.
/// </summary>
internal static class RotateCommand
{
    private const string KeyPrefix = "Secrets__Keys__";

    public static async Task<int> RunAsync(CancellationToken ct)
    {
        var connectionString = Environment.GetEnvironmentVariable("ConnectionStrings__System");
        var activeKeyId = Environment.GetEnvironmentVariable("Secrets__ActiveKey");
        if (string.IsNullOrWhiteSpace(connectionString) || string.IsNullOrWhiteSpace(activeKeyId))
        {
            Console.Error.WriteLine(
                "rotate-secrets needs these settings of the app as environment variables: " +
                $"ConnectionStrings__System, Secrets__ActiveKey and {KeyPrefix}<id>.");
            return 2;
        }

        try
        {
            var report = await ResealSecrets.RunAsync(connectionString, ReadKeys(), activeKeyId, ct);
            Console.WriteLine($"{report.Resealed} secrets sealed again with the key '{activeKeyId}'");
            foreach (var (keyId, count) in report.ByKey)
            {
                Console.WriteLine($"  {keyId}: {count}{(keyId == activeKeyId ? "" : " (keep this key)")}");
            }

            return ReportRemaining(report, activeKeyId);
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException or FormatException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static int ReportRemaining(ResealReport report, string activeKeyId)
    {
        if (report.UnreadableActive > 0)
        {
            Console.Error.WriteLine(
                $"{report.UnreadableActive} secrets with the key id '{activeKeyId}' cannot be opened with that key: " +
                "the value of the key was changed. Restore the old value of this id and add the new value under another id.");
        }

        if (report.Unreadable > 0)
        {
            Console.Error.WriteLine(
                $"{report.Unreadable} secrets cannot be opened with the keys given: " +
                "add the missing keys, or ask the tenants to save their credentials again.");
            return 1;
        }

        if (report.ByKey.Keys.Any(keyId => keyId != activeKeyId))
        {
            Console.Error.WriteLine(
                "An instance of the app still uses the old setting and sealed a secret with another key. " +
                "Restart all instances with the new setting, then run this command again.");
            return 1;
        }

        Console.WriteLine("every other key may be removed from the settings now");
        return 0;
    }

    private static Dictionary<string, byte[]> ReadKeys() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(variable => (Name: (string)variable.Key, Value: (string?)variable.Value))
        .Where(variable => variable.Name.StartsWith(KeyPrefix, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(variable => variable.Name[KeyPrefix.Length..], variable => Decode(variable.Name, variable.Value));

    private static byte[] Decode(string name, string? value)
    {
        try
        {
            return Convert.FromBase64String(value ?? "");
        }
        catch (FormatException)
        {
            // The message must not contain the value, which is a key.
            throw new FormatException($"{name} is not valid base64.");
        }
    }
}
