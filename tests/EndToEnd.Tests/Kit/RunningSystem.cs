extern alias app;

using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Npgsql;
using Relais.DevHost.Services;
using Relais.Kit;
using Relais.Simulators;
using SecretBox = app::Relais.Platform.Secrets.SecretBox;

namespace EndToEnd.Tests.Kit;

/// <summary>The whole product on a database of its own: the app as a process, the simulator on the wire, one tenant with one sender.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    public const string AccountSid = "AC00000000000000000000000000000001";
    public const string AuthToken = "0123456789abcdef0123456789abcdef";
    private const string ApiKey = "rk_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    private static readonly byte[] SecretKey = Enumerable.Range(1, 32).Select(n => (byte)n).ToArray();
    private readonly List<FunctionsApp> apps = [];
    private readonly TestDatabase database;
    private readonly string storage;
    private readonly NpgsqlDataSource rows;

    private RunningSystem(TestDatabase database, string storage, TwilioSimulator twilio, string channel)
    {
        (this.database, this.storage, Twilio, Channel) = (database, storage, twilio, channel);
        rows = NpgsqlDataSource.Create(database.Superuser);
    }

    public static Guid Tenant => Ids.Tenant(1);

    public static Guid Sender => Ids.Sender(1);

    public static string SenderAddress => "+224620900001";

    public TwilioSimulator Twilio { get; }

    public string Channel { get; }

    public FunctionsApp App => apps[0];

    public HttpClient Api { get; private set; } = new();

    public string ProviderAddress => Channel == "whatsapp" ? $"whatsapp:{SenderAddress}" : SenderAddress;

    public static async Task<RunningSystem> StartAsync(
        PostgresFixture postgres, AzuriteFixture azurite, string channel = "sms", int rate = 10, DeliverySettings? delivery = null, ReplySettings? replies = null)
    {
        var twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            Delivery = delivery ?? new DeliverySettings { SentMs = 20, DeliveredMs = 50, ReadMs = 50 },
            Replies = replies ?? new ReplySettings(),
        });
        var system = new RunningSystem(await postgres.CreateDatabaseAsync(), azurite.CreateAccount(), twilio, channel);
        await system.SeedAsync(rate);
        await system.AddAppAsync();
        twilio.Add(new SimulatedSender(system.ProviderAddress, AccountSid) { InboundUrl = new Uri(system.App.Url, "/api/webhook-router").ToString(), EnforceWindow = false });
        system.Api = new HttpClient { BaseAddress = system.App.Url, Timeout = TimeSpan.FromSeconds(60) };
        system.Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        return system;
    }

    /// <summary>One more instance of the app over the same data; callbacks go on to the first.</summary>
    public async Task<FunctionsApp> AddAppAsync()
    {
        var port = apps.Count == 0 ? Ports.FreeOr(0) : 0;
        var publicUrl = apps.Count == 0 ? $"http://127.0.0.1:{port}" : App.Url.ToString();
        var app = await FunctionsApp.StartAsync(new FunctionsAppOptions
        {
            Port = port,
            Settings = new Dictionary<string, string?>
            {
                ["AzureWebJobsStorage"] = storage,
                ["ConnectionStrings__App"] = database.App,
                ["ConnectionStrings__System"] = database.System,
                ["ConnectionStrings__DurableTask"] = database.Durable,
                ["Secrets__ActiveKey"] = "k1",
                ["Secrets__Keys__k1"] = Convert.ToBase64String(SecretKey),
                ["Twilio__BaseUrl"] = Twilio.BaseUrl.ToString(),
                ["Webhooks__PublicUrl"] = publicUrl,
                ["Sending__AskAfter"] = "00:00:20",
            },
        });
        apps.Add(app);
        return app;
    }

    /// <summary>A campaign to <paramref name="contacts"/> new contacts, started.</summary>
    public async Task<Guid> StartCampaignAsync(IEnumerable<string> contacts, bool message2 = false)
    {
        var csv = "telephone,prenom\n" + string.Join('\n', contacts.Select((phone, n) => $"{phone},Contact{n}"));
        using var body = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var imported = await Api.PostAsync(new Uri("/api/v1/contacts/import", UriKind.Relative), body);
        var import = (await ReadAsync(imported)).GetProperty("importId").GetString();
        var campaign = new Dictionary<string, object?>
        {
            ["name"] = "Essai",
            ["senderId"] = Sender,
            ["audience"] = new { importId = import },
            ["message1"] = new { type = "text", body = "Bonjour {{first_name|client}}" },
            ["message2"] = message2 ? new { type = "text", body = "Merci {{first_name|client}}" } : null,
        };
        using var created = await Api.PostAsJsonAsync("/api/v1/campaigns", campaign);
        var id = (await ReadAsync(created)).GetProperty("id").GetGuid();
        await ControlAsync(id, "start");
        return id;
    }

    public async Task<JsonElement> ControlAsync(Guid campaign, string verb)
    {
        using var answer = await Api.PostAsync(new Uri($"/api/v1/campaigns/{campaign}/{verb}", UriKind.Relative), null);
        return await ReadAsync(answer);
    }

    public async Task<(string Status, JsonElement Progress)> CampaignAsync(Guid id)
    {
        var campaign = await Api.GetFromJsonAsync<JsonElement>($"/api/v1/campaigns/{id}");
        return (campaign.GetProperty("status").GetString()!, campaign.GetProperty("progress"));
    }

    public Task WaitForEndAsync(Guid campaign, TimeSpan limit) => Wait.UntilAsync(
        async () =>
        {
            try
            {
                return (await CampaignAsync(campaign)).Status is "finished" or "cancelled";
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, limit, "the campaign ended");

    public async Task<T?> OneAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await rows.OpenConnectionAsync();
        return await connection.QueryFirstOrDefaultAsync<T>(sql, parameters);
    }

    public async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await rows.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, parameters);
    }

    public static IEnumerable<string> Contacts(int count, int first = 1) =>
        Enumerable.Range(first, count).Select(n => string.Create(CultureInfo.InvariantCulture, $"+224621{n:D6}"));

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        await Twilio.DisposeAsync();
        await rows.DisposeAsync();
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private Task<int> SeedAsync(int rate) => ExecuteAsync(
        """
        insert into tenants (id, slug, name, country, daily_limit) values (@Tenant, 'essai', 'Essai', 'GN', 1000000);
        insert into api_keys (id, tenant_id, name, hash, scopes) values (@Tenant, @Tenant, 'test', @Hash, '{*}');
        insert into provider_accounts (id, tenant_id, provider, account_sid, secret, secret_key_id) values (@Tenant, @Tenant, 'twilio', @AccountSid, @Secret, 'k1');
        insert into senders (id, tenant_id, account_id, channel, address, pace_units) values (@Sender, @Tenant, @Tenant, @Channel, @SenderAddress, @Rate);
        """,
        new
        {
            Tenant,
            Sender,
            AccountSid,
            SenderAddress,
            Channel,
            Rate = rate,
            Hash = SHA256.HashData(Encoding.UTF8.GetBytes(ApiKey)),
            Secret = new SecretBox(new Dictionary<string, byte[]> { ["k1"] = SecretKey }, "k1").Seal(AuthToken, Tenant),
        });
}
