using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Relais.Kit;
using Relais.Simulators;

namespace Relais.Benchmarks;

/// <summary>
/// Sends a campaign without rate limit on a new database without statistics. Measures the messages sent and recorded in each second, and
/// the highest number of messages in hand. A small campaign runs first, so that the worker has compiled its code. A raw loop of the same
/// requests runs afterwards for comparison.
/// </summary>
/// <param name="settings">Settings of the app that differ from those of the demo.</param>
internal sealed class SendBenchmark(PostgresFixture postgres, AzuriteFixture storage, IReadOnlyDictionary<string, string?> settings)
{
    private const int Count = 20_000;
    private const int WarmUp = 1_000;
    private const int UnlimitedRate = 100_000;

    public async Task RunAsync()
    {
        Console.WriteLine();
        Console.WriteLine(
            $"Send path: {Count} messages after {WarmUp} to warm the worker, no rate limit, simulator without latency, " +
            "tables never analysed (autovacuum is off)");
        await SetAutovacuumAsync("alter system set autovacuum = off");
        try
        {
            SendFigures[] runs = [await RunAsync(callbacks: false), await RunAsync(callbacks: true)];
            var result = new { processors = Environment.ProcessorCount, settings, runs };
            Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
        }
        finally
        {
            await SetAutovacuumAsync("alter system reset autovacuum");
        }
    }

    private async Task SetAutovacuumAsync(string sql)
    {
        await postgres.Database.ExecuteAsync(sql);
        await postgres.Database.ExecuteAsync("select pg_reload_conf()");
    }

    private async Task<SendFigures> RunAsync(bool callbacks)
    {
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Rate = UnlimitedRate,
            Watched = false,
            Settings = settings,
            Simulator = new TwilioSimulatorOptions { Faults = new FaultSettings { DropCallback = callbacks ? 0 : 1 } },
        });
        await SendAsync(system, WarmUp, earlier: 0);
        var watch = await SendAsync(system, Count, WarmUp);
        var figures = await FiguresAsync(system, watch, callbacks);
        Print(figures);
        var raw = await RawLoopAsync(system);
        Console.WriteLine($"  {raw}");
        return figures with { RawLoopPerSecond = raw.PerSecond };
    }

    /// <summary>Sends a campaign and waits until all outcomes are recorded.</summary>
    /// <param name="earlier">number of messages sent before</param>
    private static async Task<SendWatch> SendAsync(RelaisSystem system, int count, int earlier)
    {
        var watch = new SendWatch(system.Database, system.Simulator, count, earlier);
        var watching = watch.RunAsync();
        await system.StartCampaignAsync(Enumerable.Range(earlier + 1, count).Select(Ids.Phone), message1: CampaignSteps.Template);
        await watching;
        return watch;
    }

    private static async Task<SendFigures> FiguresAsync(RelaisSystem system, SendWatch watch, bool callbacks)
    {
        var report = system.Simulator.Report();
        var (samples, last) = (watch.Samples, watch.Samples[^1]);
        var seconds = samples.Zip(samples.Skip(1), (before, after) => (before, after))
            .Select((pair, index) => SendSecond.Between(index + 1, pair.before, pair.after))
            .ToList();
        var arrivals = system.Simulator.Messages().Select(message => message.ArrivedMicroseconds).Order().Skip(WarmUp).ToList();
        return new SendFigures(
            callbacks, Count, report.Accepted - WarmUp, last.Recorded, report.SentTwice.Count, last.At,
            (arrivals.Count - 1) / ((arrivals[^1] - arrivals[0]) / 1e6), last.Recorded / last.At,
            watch.MostInHand, watch.InHandSamples, samples.Max(sample => sample.Gap), seconds.Max(second => second.GapShare),
            seconds.Skip(1).SkipLast(1).Select(second => second.Lag).DefaultIfEmpty(0).Max(), await watch.AnalyzedAsync(), 0, seconds);
    }

    private static void Print(SendFigures figures)
    {
        Console.WriteLine($"  campaign{(figures.Callbacks ? " and its status callbacks" : ", callbacks off")}");
        foreach (var second in figures.EachSecond)
        {
            Console.WriteLine(second);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
              sent {figures.SentPerSecond:N0}/s, recorded {figures.RecordedPerSecond:N0}/s in {figures.Seconds:N1} s
              {figures.Accepted} accepted, {figures.SentTwice} twice; most in hand {figures.MostInHand} ({figures.InHandSamples} samples)
              largest gap {figures.MostUnrecorded}, or {figures.WorstGapShare:P1} of all sent by then
              recorded of one second behind sent of the same second by {figures.WorstLag:P1} at most
              tables analysed {figures.Analyzed} times
            """));
    }

    /// <summary>Posts the same form directly to the simulator, with 64 concurrent requests, and stores nothing.</summary>
    private static async Task<LoadResult> RawLoopAsync(RelaisSystem system)
    {
        system.Simulator.Faults = new FaultSettings { DropCallback = 1 };
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 128 })
        {
            BaseAddress = system.Simulator.BaseUrl,
        };
        var account = TwilioAccount(system);
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.Sid}:{account.Token}"));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        return await Load.RunAsync("raw loop of the same requests", 64, Count, async index =>
        {
            var callback = string.Create(
                CultureInfo.InvariantCulture, $"{system.PublicUrl}api/webhook-router?m={Guid.CreateVersion7():N}&a=1");
            using var form = new FormUrlEncodedContent(
            [
                new("To", $"whatsapp:{Ids.Phone(100_000 + index)}"),
                new("From", RelaisSystem.SenderAddress),
                new("ContentSid", RelaisSystem.TemplateSid),
                new("ContentVariables", "{\"1\":\"Awa\"}"),
                new("StatusCallback", callback),
            ]);
            using var answer = await http.PostAsync(new Uri($"/2010-04-01/Accounts/{account.Sid}/Messages.json", UriKind.Relative), form);
            await answer.Content.ReadAsByteArrayAsync();
            return answer.IsSuccessStatusCode;
        });
    }

    private static (string Sid, string Token) TwilioAccount(RelaisSystem system) => (RelaisSystem.AccountSid, system.AuthToken);
}
