using System.Globalization;
using Npgsql;
using Relais.DevHost.Services;
using Relais.Kit;

namespace Relais.Benchmarks;

/// <summary>
/// Measures signed status callbacks for different messages, each committed before its 200. For comparison, with the same number of
/// connections: single-row inserts of the same size, and a function that does nothing.
/// </summary>
internal sealed class WebhookBenchmark(PostgresFixture postgres, AzuriteFixture storage)
{
    private const int Count = 12_000;
    private const int WarmUp = 4_000;
    private static readonly int[] Connections = [8, 16, 32, 64];

    private const string InsertMessages = """
        insert into messages (id, tenant_id, sender_id, stream_id, channel, contact_address, status, attempt, due_at, created_at)
        select ('01900000-0005-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, @tenant, @sender, @sender,
               'whatsapp', '+224621' || lpad(n::text, 6, '0'), 'queued', 1, now(), now()
        from generate_series(1, @count) n
        """;

    public async Task RunAsync()
    {
        Console.WriteLine();
        Console.WriteLine(
            $"Webhook: {Count} signed status callbacks for different messages, each committed with its effect before the answer");
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions { Watched = false });
        await using var empty = await FunctionsApp.StartAsync(HostBenchmark.EmptyApp(storage.CreateAccount()));
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 128 });
        await using var rows = NpgsqlDataSource.Create(system.Database.Superuser);
        await ExecuteAsync(
            rows, InsertMessages,
            ("tenant", RelaisSystem.TenantId), ("sender", RelaisSystem.SenderId), ("count", (Count * Connections.Length) + WarmUp));
        await EmptyAsync(http, empty.Url, 8);
        await CallbacksAsync(http, system, 8, Count * Connections.Length, WarmUp);
        for (var run = 0; run < Connections.Length; run++)
        {
            var first = run * Count;
            Console.WriteLine($"  {await CallbacksAsync(http, system, Connections[run], first, Count)}");
            Console.WriteLine($"  {await EmptyAsync(http, empty.Url, Connections[run])}");
            Console.WriteLine($"  {await InsertsAsync(rows, Connections[run])}");
            Console.WriteLine($"  {await PgBench.RunAsync(system.Database, Connections[run])}");
        }
    }

    private static Task<LoadResult> CallbacksAsync(
        HttpClient http, RelaisSystem system, int connections, int first, int count) => Load.RunAsync(
        "webhook, signed and stored", connections, count, async index =>
        {
            var number = first + index + 1;
            var id = string.Create(CultureInfo.InvariantCulture, $"01900000000570008000{number:x12}");
            var path = $"api/webhook-router?m={id}&a=1";
            var form = new List<KeyValuePair<string, string>>
            {
                new("MessageSid", $"SM{id}"),
                new("SmsSid", $"SM{id}"),
                new("MessageStatus", "delivered"),
                new("SmsStatus", "delivered"),
                new("AccountSid", RelaisSystem.AccountSid),
                new("From", RelaisSystem.SenderAddress),
                new("To", $"whatsapp:+224621{number:D6}"),
                new("ApiVersion", "2010-04-01"),
                new("ChannelPrefix", "whatsapp"),
            };
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(system.App.Url, path))
            {
                Content = new FormUrlEncodedContent(form),
            };
            request.Headers.Add("X-Twilio-Signature", WebhookSignature.Of($"{system.PublicUrl}{path}", form, system.AuthToken));
            using var answer = await http.SendAsync(request);
            return answer.IsSuccessStatusCode;
        });

    private static Task<LoadResult> EmptyAsync(HttpClient http, Uri app, int connections) => Load.RunAsync(
        "empty function", connections, Count, async _ =>
        {
            using var answer = await http.GetAsync(new Uri(app, "/api/ping"));
            return answer.IsSuccessStatusCode;
        });

    private static async Task<LoadResult> InsertsAsync(NpgsqlDataSource rows, int connections)
    {
        await ExecuteAsync(rows, PgBench.MakeTable);
        return await Load.RunAsync("single-row inserts by Npgsql", connections, Count, async index =>
        {
            await using var command = rows.CreateCommand(PgBench.Insert);
            command.Parameters.AddWithValue(Guid.CreateVersion7());
            command.Parameters.AddWithValue($"SM{index:x32}");
            return await command.ExecuteNonQueryAsync() == 1;
        });
    }

    private static async Task ExecuteAsync(NpgsqlDataSource rows, string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = rows.CreateCommand(sql);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync();
    }
}
