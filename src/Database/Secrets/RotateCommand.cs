using System.Collections;
using Npgsql;

namespace Relais.Database.Secrets;

/// <summary>rotate-secrets: reads the app's own settings from the environment and tells what is left to do.</summary>
internal static class RotateCommand
{
    private const string KeyPrefix = "Secrets__Keys__";

    public static async Task<int> RunAsync(CancellationToken ct)
    {
        var (connection, active) = (Environment.GetEnvironmentVariable("ConnectionStrings__System"), Environment.GetEnvironmentVariable("Secrets__ActiveKey"));
        if (string.IsNullOrWhiteSpace(connection) || string.IsNullOrWhiteSpace(active))
        {
            Console.Error.WriteLine($"rotate-secrets needs the app's settings ConnectionStrings__System, Secrets__ActiveKey and {KeyPrefix}… in the environment.");
            return 2;
        }

        try
        {
            var report = await ResealSecrets.RunAsync(connection, ReadKeys(), active, ct);
            Console.WriteLine($"{report.Resealed} secrets sealed anew with the key '{active}'");
            foreach (var (key, count) in report.ByKey)
            {
                Console.WriteLine($"  {key}: {count}{(key == active ? "" : " (keep this key)")}");
            }

            return ReportRemaining(report, active);
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException or FormatException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static int ReportRemaining(ResealReport report, string active)
    {
        if (report.UnreadableActive > 0)
        {
            Console.Error.WriteLine($"{report.UnreadableActive} secrets bear the id '{active}' and its key does not open them: the value of the key was changed. Put the old value back under this id, and give a new value an id of its own.");
        }

        if (report.Unreadable > 0)
        {
            Console.Error.WriteLine($"{report.Unreadable} secrets cannot be opened with the keys given: add the missing keys, or have the credentials entered anew.");
            return 1;
        }

        if (report.ByKey.Keys.Any(key => key != active))
        {
            Console.Error.WriteLine("Something was sealed with another key meanwhile: an instance still has the old setting. Run this again when none has.");
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
            // the value stays out of the message
            throw new FormatException($"{name} is not base64.");
        }
    }
}
