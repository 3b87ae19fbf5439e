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

/// <summary>What an HTTP call came to; the body is JSON.</summary>
internal sealed record Reply(HttpStatusCode Status, JsonElement Body)
{
    public string? Code => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("code", out var code) ? code.GetString() : null;
}

/// <summary>A tenant of its own with an account of its own, and a number that nobody else in the test wants: faults of its account are its own.</summary>
internal sealed class TestTenant : IDisposable
{
    private static readonly string[] AreaCodes = ["418", "581", "514", "438", "450", "819", "416", "613", "604"];
    private static readonly ConcurrentDictionary<string, int> Chosen = new();
    private static int lines;
    private readonly RelaisSystem system;
    private readonly HttpClient http;

    private TestTenant(RelaisSystem system, int number, string apiKey)
    {
        this.system = system;
        (Index, TenantId, AccountSid, Token) = (number, Ids.Tenant(90_000 + number), $"AC{90_000 + number:d32}", $"{number:x8}{new string('a', 24)}");
        http = system.CreateClient(apiKey);
    }

    public int Index { get; }

    public Guid TenantId { get; }

    public string AccountSid { get; }

    public string Token { get; }

    /// <summary>For sale in the beginning.</summary>
    public string Number { get; private set; } = "";

    public TwilioSimulator Simulator => system.Simulator;

    /// <param name="system">Where.</param>
    /// <param name="connected">With its account stored.</param>
    public static async Task<TestTenant> OpenAsync(RelaisSystem system, bool connected = true)
    {
        var index = Interlocked.Increment(ref lines);
        var key = $"rk_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}";
        var line = new TestTenant(system, index, key);
        system.Simulator.Add(new SimulatedAccount(line.AccountSid, line.Token));
        await system.Database.ExecuteAsync("""
            insert into tenants (id, slug, name, country) values (@TenantId, 'line-' || @Index, 'Clinique', 'CA');
            insert into api_keys (id, tenant_id, name, hash, scopes) values (@TenantId, @TenantId, 'test', @Hash, '{*}');
            """, new { line.TenantId, Index = index, Hash = SHA256.HashData(Encoding.UTF8.GetBytes(key)) });
        if (connected)
        {
            Assert.Equal(HttpStatusCode.OK, (await line.SendAsync("PUT", "/api/v1/telephony/credentials", new { accountSid = line.AccountSid, authToken = line.Token })).Status);
        }

        line.Number = await line.FindAsync();
        return line;
    }

    public Task<Reply> BuyAsync(string? token = null, string? number = null) => SendAsync("POST", "/api/purchase-twilio-number", token is null
        ? new { phone_number = number ?? Number }
        : new { phone_number = number ?? Number, request_token = token });

    /// <summary>Asks again while the app or the provider is away or the order is under way, as a patient page does.</summary>
    public async Task<Reply> BuyToTheEndAsync(string token)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reply = await TryAsync(() => BuyAsync(token));
            if (reply is not null && reply.Status is not (HttpStatusCode.Accepted or HttpStatusCode.BadGateway) && reply.Code is not "database_unavailable")
            {
                return reply;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(100), $"The order of line {Index} came to no end: {reply?.Body}");
            await Task.Delay(200);
        }
    }

    public async Task<Reply> SendAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Reply(response.StatusCode, text.Length > 0 ? JsonSerializer.Deserialize<JsonElement>(text) : default);
    }

    public async Task<string?> StatusAsync() =>
        await system.Database.OneAsync<string>("select status from number_orders where tenant_id = @TenantId order by created_at desc limit 1", new { TenantId });

    public async Task<string?> FailureAsync() =>
        await system.Database.OneAsync<string>("select failure_code from number_orders where tenant_id = @TenantId order by created_at desc limit 1", new { TenantId });

    /// <summary>The provider sold it once, its messages reach the tenant, and it sends.</summary>
    public async Task AssertWorksAsync(bool sends = false)
    {
        var held = Assert.Single(Simulator.Numbers(AccountSid), number => number.PhoneNumber == Number);
        Assert.Equal((new Uri(system.PublicUrl, "/api/webhook-router").ToString(), new Uri(system.PublicUrl, "/api/webhook-router-backup").ToString(), "", "POST", "POST"),
            (held.SmsUrl, held.SmsFallbackUrl, held.SmsApplicationSid, held.SmsMethod, held.SmsFallbackMethod));
        Assert.Equal((held.SmsUrl, "POST"), (held.StatusCallback, held.StatusCallbackMethod));
        Assert.Equal((held.Sid, "active", true, 1L), await system.Database.OneAsync<(string, string, bool, long)>("""
            select p.provider_sid, p.state, s.retired_at is null and p.managed and not p.drifted, count(*) over ()
            from phone_numbers p join senders s on s.id = p.sender_id and s.address = p.number and s.channel = 'sms' where p.tenant_id = @TenantId
            """, new { TenantId }));
        await Simulator.ReceiveAsync(new InboundMessage(Patient, Number, "Bonjour"));
        await Wait.UntilAsync(async () => await system.Database.OneAsync<int>("select count(*)::int from messages where tenant_id = @TenantId and direction = 'in' and body = 'Bonjour'", new { TenantId }) > 0);
        if (sends)
        {
            await SendCampaignAsync();
            await Wait.UntilAsync(() => Simulator.Messages(Patient).Any(message => message.Direction == "outbound-api" && message.Sender == Number));
        }
    }

    /// <summary>The account has no number, and the tenant neither number nor sender.</summary>
    public async Task AssertNothingAsync()
    {
        Assert.DoesNotContain(Simulator.Numbers(AccountSid), number => number.PhoneNumber == Number);
        Assert.Equal((0, 0), await system.Database.OneAsync<(int, int)>("""
            select (select count(*)::int from phone_numbers where tenant_id = @TenantId), (select count(*)::int from senders where tenant_id = @TenantId)
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
        var found = await SendAsync("POST", "/api/search-twilio-numbers", new { account_sid = AccountSid, auth_token = Token, areaCode = AreaCodes[Index % AreaCodes.Length] });
        Assert.Equal(HttpStatusCode.OK, found.Status);
        return found.Body.GetProperty("numbers").EnumerateArray().Select(number => number.GetProperty("phoneNumber").GetString()!).First(number => Chosen.TryAdd(number, Index));
    }

    private async Task SendCampaignAsync()
    {
        var sender = await system.Database.OneAsync<Guid>("select id from senders where tenant_id = @TenantId and retired_at is null", new { TenantId });
        var contact = await system.Database.OneAsync<Guid>("select contact_id from contact_identities where tenant_id = @TenantId and value = @Patient", new { TenantId, Patient });
        var campaign = await SendAsync("POST", "/api/v1/campaigns", new
        {
            name = "Essai",
            senderId = sender,
            audience = new { contactIds = new[] { contact } },
            message1 = new { type = "text", body = "Rappel" },
        });
        Assert.Equal(HttpStatusCode.Created, campaign.Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("POST", $"/api/v1/campaigns/{campaign.Body.GetProperty("id").GetString()}/start")).Status);
    }
}
