using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Npgsql;
using Relais.DevHost;
using Relais.DevHost.Services;
using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests;

/// <summary>Replaces the key that encrypts provider secrets, as an operator does it, while webhooks and reads continue.</summary>
public sealed class KeyRotationTests(PostgresFixture postgres, AzuriteFixture storage)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private const string ActiveKey = "Secrets__ActiveKey";
    private const string RouterPath = "/api/webhook-router";
    private static readonly string OldKey = $"Secrets__Keys__{DevState.SecretsKeyId}";

    // The copy in the tests' own folder lacks files that only the program's folder contains.
    private static readonly string Command = Path.Combine(DevPaths.Output("src", "Database"), "Relais.Database.dll");

    [Fact]
    public async Task No_request_is_lost_while_a_key_is_replaced()
    {
        var simulator = new TwilioSimulatorOptions { Delivery = new DeliverySettings { SentMs = 20, DeliveredMs = 40 } };
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions { Simulator = simulator });
        var newKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        using var stop = new CancellationTokenSource();
        var traffic = new BackgroundTraffic(system);
        var running = traffic.RunAsync(stop.Token);
        await Wait.UntilAsync(() => traffic.Answers >= 100);

        await RestartAsync(system, ("Secrets__Keys__k2", newKey));
        await traffic.WaitForMoreAsync();
        await RestartAsync(system, (ActiveKey, "k2"));
        await traffic.WaitForMoreAsync();
        var (exitCode, output) = await RotateAsync(system, newKey, includeOldKey: true);
        await traffic.WaitForMoreAsync();
        await RestartAsync(system, (OldKey, null));
        await traffic.WaitForMoreAsync();

        await stop.CancelAsync();
        await running;
        Assert.Equal((0, "k2"), (exitCode, await ReadKeyIdsAsync(system)));
        Assert.Contains("every other key may be removed", output, StringComparison.Ordinal);
        Assert.Empty(traffic.Failures);
        Assert.Equal(traffic.Webhooks, await CountAsync(system, "select count(*) from webhook_events where sid like 'SMrotation%'"));
        // Webhooks are answered faster than the queue moves their messages into the inbox.
        await Wait.UntilAsync(
            async () =>
                await CountAsync(
                    system, "select count(*) from messages where direction = 'in' and provider_sid like 'SMrotation%'") == traffic.Webhooks,
            TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task The_command_reports_unreadable_secrets_and_changed_keys()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, storage);
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

        var (exitCode, output) = await RotateAsync(system, key, includeOldKey: false);

        Assert.Equal(1, exitCode);
        Assert.Contains("cannot be opened with the keys given", output, StringComparison.Ordinal);
        Assert.Equal(DevState.SecretsKeyId, await ReadKeyIdsAsync(system));
        Assert.DoesNotContain(key, output, StringComparison.Ordinal);

        var other = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

        (exitCode, output) = await RotateAsync(system, new() { [ActiveKey] = DevState.SecretsKeyId, [OldKey] = other });

        Assert.Equal(1, exitCode);
        Assert.Contains("the value of the key was changed", output, StringComparison.Ordinal);
        Assert.DoesNotContain("may be removed", output, StringComparison.Ordinal);
        Assert.DoesNotContain(other, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_API_reports_secrets_it_cannot_decrypt()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, storage);
        await RestartAsync(system, (OldKey, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));

        using var answer = await system.Api.PostAsJsonAsync(new Uri("/api/v1/telephony/sync", UriKind.Relative), new { });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("secret_unreadable", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task RestartAsync(RelaisSystem system, params (string Setting, string? Value)[] changes)
    {
        foreach (var (setting, value) in changes)
        {
            system.App.Set(setting, value);
        }

        await system.App.StopAsync();
        await system.App.StartAgainAsync();
    }

    private static Task<(int ExitCode, string Output)> RotateAsync(RelaisSystem system, string newKey, bool includeOldKey)
    {
        var settings = new Dictionary<string, string?> { [ActiveKey] = "k2", ["Secrets__Keys__k2"] = newKey };
        if (includeOldKey)
        {
            settings[OldKey] = system.SecretsKey;
        }

        return RotateAsync(system, settings);
    }

    private static async Task<(int ExitCode, string Output)> RotateAsync(RelaisSystem system, Dictionary<string, string?> settings)
    {
        settings["ConnectionStrings__System"] = system.Database.System;
        await using var command = GuardedProcess.Start(
            new ProcessSpec("dotnet", Command, "rotate-secrets") { Environment = settings });
        var exitCode = await command.Exited;
        return (exitCode, command.Log.Tail());
    }

    private static async Task<string> ReadKeyIdsAsync(RelaisSystem system)
    {
        await using var source = NpgsqlDataSource.Create(system.Database.Superuser);
        await using var command = source.CreateCommand("select string_agg(distinct secret_key_id, ',') from provider_accounts");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<long> CountAsync(RelaisSystem system, string sql)
    {
        await using var source = NpgsqlDataSource.Create(system.Database.Superuser);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Sends distinct signed inbound messages and reads of the API through the proxy that the provider uses.</summary>
    private sealed class BackgroundTraffic(RelaisSystem system)
    {
        private int answers;
        private int webhooks;

        public ConcurrentBag<string> Failures { get; } = [];

        public int Answers => Volatile.Read(ref answers);

        public long Webhooks => Volatile.Read(ref webhooks);

        public Task RunAsync(CancellationToken stop) =>
            Task.WhenAll(Enumerable.Range(0, 4).Select(worker => worker < 3 ? WebhooksAsync(stop) : ReadsAsync(stop)));

        public Task WaitForMoreAsync()
        {
            var before = Answers;
            return Wait.UntilAsync(() => Answers >= before + 100);
        }

        private async Task WebhooksAsync(CancellationToken stop)
        {
            using var http = new HttpClient();
            while (!stop.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref webhooks);
                var form = Inbound(number);
                var url = new Uri(system.PublicUrl, RouterPath);
                using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
                request.Headers.Add("X-Twilio-Signature", WebhookSignature.Of(url.ToString(), form, system.AuthToken));
                await CountAsync(http, request);
            }
        }

        private async Task ReadsAsync(CancellationToken stop)
        {
            using var http = new HttpClient();
            while (!stop.IsCancellationRequested)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(system.PublicUrl, "/api/v1/campaigns"));
                request.Headers.Authorization = new("Bearer", system.ApiKey);
                await CountAsync(http, request);
                await Task.Delay(20, CancellationToken.None);
            }
        }

        private async Task CountAsync(HttpClient http, HttpRequestMessage request)
        {
            using var answer = await http.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                Failures.Add($"{request.RequestUri!.AbsolutePath} {(int)answer.StatusCode}");
            }

            Interlocked.Increment(ref answers);
            await Task.Delay(5);
        }

        private static List<KeyValuePair<string, string>> Inbound(int number) =>
        [
            new("MessageSid", string.Create(CultureInfo.InvariantCulture, $"SMrotation{number}")), new("SmsStatus", "received"),
            new("AccountSid", RelaisSystem.AccountSid),
            new("From", $"whatsapp:{Ids.Phone(number % 50)}"), new("To", RelaisSystem.SenderAddress), new("Body", "Bonjour"),
            new("NumMedia", "0"),
        ];
    }
}
