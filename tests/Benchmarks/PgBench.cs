using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Relais.Kit;

namespace Relais.Benchmarks;

/// <summary>Runs pgbench, where it is installed, with transactions that insert a row of the size of a webhook event.</summary>
internal static partial class PgBench
{
    public const string MakeTable = """
        drop table if exists bench_events;
        create table bench_events (
            id uuid primary key, sid text not null, kind text not null, payload jsonb not null, received_at timestamptz not null,
            unique (sid, kind))
        """;

    public const string Insert = $"insert into bench_events values ($1, $2, 'status', '{Payload}', now())";

    private const string Payload =
        """{"AccountSid":"AC00000000000000000000000000000001","ApiVersion":"2010-04-01","ChannelPrefix":"whatsapp","From":""" +
        """ "whatsapp:+224620000000","MessageSid":"SM01900000000570008000000000000001","MessageStatus":"delivered","SmsSid":""" +
        """ "SM01900000000570008000000000000001","SmsStatus":"delivered","To":"whatsapp:+224621000001"}""";

    public static async Task<string> RunAsync(TestDatabase database, int connections)
    {
        var program = Find();
        if (program is null)
        {
            return "pgbench is not installed: use the Npgsql line instead";
        }

        await using (var rows = NpgsqlDataSource.Create(database.Superuser))
        await using (var command = rows.CreateCommand(MakeTable))
        {
            await command.ExecuteNonQueryAsync();
        }

        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                script,
                $"insert into bench_events values (gen_random_uuid(), 'SM' || md5(random()::text), 'status', '{Payload}', now());\n");
            var output = await OutputAsync(program, database.Superuser, script, connections);
            var perSecond = double.Parse(Tps().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
            return $"{"pgbench, the same row",-34} {connections,3} at once  {perSecond,8:N0}/s   " +
                $"mean   {Latency().Match(output).Groups[1].Value} ms";
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static async Task<string> OutputAsync(string program, string connectionString, string script, int connections)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        string[] arguments =
        [
            "-n", "-f", script, "-M", "prepared", "-c", $"{connections}", "-j", "2",
            "-t", $"{Math.Max(100, 12_000 / connections)}", server.Database!,
        ];
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGHOST"] = server.Host;
        start.Environment["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = server.Username;
        start.Environment["PGPASSWORD"] = server.Password;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(await errors);
    }

    private static string? Find()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var debianFolders = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            : [];
        return path.Concat(debianFolders).Select(folder => Path.Combine(folder, "pgbench")).FirstOrDefault(File.Exists);
    }

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex Tps();

    [GeneratedRegex(@"latency average = ([0-9.]+)")]
    private static partial Regex Latency();
}
