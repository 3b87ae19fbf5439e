using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests.Numbers;

/// <summary>Response to an HTTP call; the body is JSON.</summary>
internal sealed record Reply(HttpStatusCode Status, JsonElement Body)
{
    public string? Code => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("code", out var code) ? code.GetString() : null;
}

/// <summary>A tenant with its own account and a number that no other test uses, so that injected faults affect only this tenant.</summary>
internal sealed class TestTenant : IDisposable
{
    private static readonly string[] AreaCodes = ["418", "581", "514", "438", "450", "819", "416", "613", "604"];
    private static readonly ConcurrentDictionary<string, int> ChosenNumbers = new();
    private static int created;
    private readonly RelaisSystem system;
    private readonly HttpClient http;

    private TestTenant(RelaisSystem system, int number, string apiKey)
    {
        this.system = system;
        (Index, TenantId, AccountSid, Token) = (number, Ids.Tenant(90_000 + number), $"AC{90_000 + number:d32}",
            $"{number:x8}{new string('a', 24)}");
        http = system.CreateClient(apiKey);
    }

    public int Index { get; }

    public Guid TenantId { get; }

    public string AccountSid { get; }

    public string Token { get; }

    /// <summary>The number to buy; for sale at the start of the test.</summary>
    public string Number { get; private set; } = "";

    public TwilioSimulator Simulator => system.Simulator;

    /// <param name="system">The system in which the tenant is created.</param>
    /// <param name="connected">Whether the credentials of the account are stored.</param>
    public static async Task<TestTenant> OpenAsync(RelaisSystem system, bool connected = true)
    {
        var index = Interlocked.Increment(ref created);
        var key = $"rk_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}";
        var tenant = new TestTenant(system, index, key);
        system.Simulator.Add(new SimulatedAccount(tenant.AccountSid, tenant.Token));
        await system.Database.ExecuteAsync("""
            insert into tenants (id, slug, name, country) values (@TenantId, 'line-' || @Index, 'Clinique', 'CA');
            insert into api_keys (id, tenant_id, name, hash, scopes) values (@TenantId, @TenantId, 'test', @Hash, '{*}');
            """, new { tenant.TenantId, Index = index, Hash = SHA256.HashData(Encoding.UTF8.GetBytes(key)) });
        if (connected)
        {
            Assert.Equal(
                HttpStatusCode.OK,
                (await tenant.SendAsync(
                    "PUT", "/api/v1/telephony/credentials", new { accountSid = tenant.AccountSid, authToken = tenant.Token })).Status);
        }

        tenant.Number = await tenant.FindAsync();
        return tenant;
    }

    public Task<Reply> BuyAsync(string? token = null, string? number = null) =>
        SendAsync("POST", "/api/purchase-twilio-number", token is null
        ? new { phone_number = number ?? Number }
        : new { phone_number = number ?? Number, request_token = token });

    /// <summary>
    /// Buys a number and repeats the request while the app or the provider is unavailable or the order is in progress, as the web page
    /// does.
    /// </summary>
    public async Task<Reply> BuyToTheEndAsync(string token)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reply = await TryAsync(() => BuyAsync(token));
            if (reply is not null && reply.Status is not (HttpStatusCode.Accepted or HttpStatusCode.BadGateway)
                && reply.Code is not "database_unavailable")
            {
                return reply;
            }

            Assert.True(
                TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(100),
                $"The order of tenant {Index} did not end: {reply?.Body}");
            await Task.Delay(200);
        }
    }

    public async Task<Reply> SendAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Reply(response.StatusCode, text.Length > 0 ? JsonSerializer.Deserialize<JsonElement>(text) : default);
    }

    public async Task<string?> StatusAsync() =>
        await system.Database.OneAsync<string>(
            "select status from number_orders where tenant_id = @TenantId order by created_at desc limit 1", new { TenantId });

    public async Task<string?> FailureAsync() =>
        await system.Database.OneAsync<string>(
            "select failure_code from number_orders where tenant_id = @TenantId order by created_at desc limit 1", new { TenantId });

    /// <summary>
    /// Asserts that the provider sold the number once, that its messages reach the tenant, and, if requested, that it sends.
    /// </summary>
    public async Task AssertWorksAsync(bool sends = false)
    {
        var owned = Assert.Single(Simulator.Numbers(AccountSid), number => number.PhoneNumber == Number);
        var router = new Uri(system.PublicUrl, "/api/webhook-router").ToString();
        var backup = new Uri(system.PublicUrl, "/api/webhook-router-backup").ToString();
        Assert.Equal(
            (router, backup, "", "POST", "POST"),
            (owned.SmsUrl, owned.SmsFallbackUrl, owned.SmsApplicationSid, owned.SmsMethod, owned.SmsFallbackMethod));
        Assert.Equal((owned.SmsUrl, "POST"), (owned.StatusCallback, owned.StatusCallbackMethod));
        Assert.Equal((owned.Sid, "active", true, 1L), await system.Database.OneAsync<(string, string, bool, long)>("""
            select p.provider_sid, p.state, s.retired_at is null and p.managed and not p.drifted, count(*) over ()
            from phone_numbers p join senders s on s.id = p.sender_id and s.address = p.number and s.channel = 'sms'
            where p.tenant_id = @TenantId
            """, new { TenantId }));
        await Simulator.ReceiveAsync(new InboundMessage(Patient, Number, "Bonjour"));
        await Wait.UntilAsync(async () =>
            await system.Database.OneAsync<int>(
                "select count(*)::int from messages where tenant_id = @TenantId and direction = 'in' and body = 'Bonjour'",
                new { TenantId }) > 0);
        if (sends)
        {
            await SendCampaignAsync();
            await Wait.UntilAsync(
                () => Simulator.Messages(Patient).Any(message => message.Direction == "outbound-api" && message.Sender == Number));
        }
    }

    /// <summary>Asserts that the account has no number, and the tenant neither a number nor a sender.</summary>
    public async Task AssertNothingAsync()
    {
        Assert.DoesNotContain(Simulator.Numbers(AccountSid), number => number.PhoneNumber == Number);
        Assert.Equal((0, 0), await system.Database.OneAsync<(int, int)>("""
            select (select count(*)::int from phone_numbers where tenant_id = @TenantId),
              (select count(*)::int from senders where tenant_id = @TenantId)
            """, new { TenantId }));
    }

    public void Dispose() => http.Dispose();

    private string Patient => string.Create(CultureInfo.InvariantCulture, $"+22462199{Index:d4}");

    internal static async Task<Reply?> TryAsync(Func<Task<Reply>> call)
    {
        try
        {
            return await call();
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (TaskCanceledException)
        {
            return null;
        }
    }

    private async Task<string> FindAsync()
    {
        var found = await SendAsync(
            "POST", "/api/search-twilio-numbers",
            new { account_sid = AccountSid, auth_token = Token, areaCode = AreaCodes[Index % AreaCodes.Length] });
        Assert.Equal(HttpStatusCode.OK, found.Status);
        return found.Body.GetProperty("numbers").EnumerateArray().Select(number => number.GetProperty("phoneNumber").GetString()!)
            .First(number => ChosenNumbers.TryAdd(number, Index));
    }

    private async Task SendCampaignAsync()
    {
        var sender = await system.Database.OneAsync<Guid>(
            "select id from senders where tenant_id = @TenantId and retired_at is null", new { TenantId });
        await CampaignSteps.StartCampaignAsync(http, sender, [Patient], message1: CampaignSteps.Text("Rappel"));
    }
}
