using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Relais.Kit;
using Relais.Simulators;

namespace Relais.Benchmarks;

/// <summary>A campaign with the limit lifted, from the first request that the simulator saw to the last, beside a raw loop of the same requests.</summary>
internal sealed class SendBenchmark(PostgresFixture postgres, AzuriteFixture storage)
{
    private const int Count = 6000;
    private const int Lifted = 100_000;

    public async Task RunAsync()
    {
        Console.WriteLine();
        Console.WriteLine($"Send path: {Count} messages, limit lifted, simulator without latency");
        foreach (var callbacks in new[] { false, true })
        {
            await RunAsync(callbacks);
        }
    }

    private async Task RunAsync(bool callbacks)
    {
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Rate = Lifted,
            Watched = false,
            Simulator = new TwilioSimulatorOptions { Faults = new FaultSettings { DropCallback = callbacks ? 0 : 1 } },
        });
        await StartCampaignAsync(system);
        var since = Stopwatch.GetTimestamp();
        while (system.Simulator.Report().Accepted < Count && Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(3))
        {
            await Task.Delay(100);
        }

        var arrivals = system.Simulator.Messages().Select(message => message.ArrivedMicroseconds).Order().ToList();
        var rate = (arrivals.Count - 1) / ((arrivals[^1] - arrivals[0]) / 1e6);
        var twice = system.Simulator.Report().SentTwice.Count;
        Console.WriteLine($"  campaign{(callbacks ? " and its status callbacks" : ", callbacks off"),-28} {rate,8:N0}/s   {arrivals.Count} accepted, {twice} twice");
        Console.WriteLine($"  {await RawLoopAsync(system)}");
    }

    private static async Task StartCampaignAsync(RelaisSystem system)
    {
        var csv = "phone,first_name\n" + string.Join('\n', Enumerable.Range(1, Count).Select(n => $"{Ids.Phone(n)},Awa"));
        using var body = new StringContent(csv, Encoding.UTF8, "text/csv");
        var import = await ReadAsync(await system.Api.PostAsync(new Uri("contacts/import", UriKind.Relative), body));
        var campaign = await ReadAsync(await system.Api.PostAsJsonAsync("campaigns", new
        {
            name = "Benchmark",
            senderId = RelaisSystem.SenderId,
            audience = new { importId = import.GetProperty("importId").GetString() },
            message1 = new { type = "template", contentSid = RelaisSystem.TemplateSid, variables = new Dictionary<string, string> { ["1"] = "first_name" } },
        }));
        await ReadAsync(await system.Api.PostAsync(new Uri($"campaigns/{campaign.GetProperty("id").GetString()}/start", UriKind.Relative), null));
    }

    /// <summary>The same form, the same number at once, nothing stored.</summary>
    private static async Task<LoadResult> RawLoopAsync(RelaisSystem system)
    {
        system.Simulator.Faults = new FaultSettings { DropCallback = 1 };
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 128 }) { BaseAddress = system.Simulator.BaseUrl };
        var account = TwilioAccount(system);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.Sid}:{account.Token}")));
        return await Load.RunAsync("raw loop of the same requests", 64, Count, async n =>
        {
            using var form = new FormUrlEncodedContent(
            [
                new("To", $"whatsapp:{Ids.Phone(100_000 + n)}"), new("From", RelaisSystem.SenderAddress), new("ContentSid", RelaisSystem.TemplateSid),
                new("ContentVariables", "{\"1\":\"Awa\"}"),
                new("StatusCallback", string.Create(CultureInfo.InvariantCulture, $"{system.PublicUrl}api/webhook-router?m={Guid.CreateVersion7():N}&a=1")),
            ]);
            using var answer = await http.PostAsync(new Uri($"/2010-04-01/Accounts/{account.Sid}/Messages.json", UriKind.Relative), form);
            await answer.Content.ReadAsByteArrayAsync();
            return answer.IsSuccessStatusCode;
        });
    }

    private static (string Sid, string Token) TwilioAccount(RelaisSystem system) => (RelaisSystem.AccountSid, system.AuthToken);

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize<JsonElement>(text) : throw new InvalidOperationException($"{(int)answer.StatusCode} {text}");
        }
    }
}
