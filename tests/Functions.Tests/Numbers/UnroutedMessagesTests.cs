using Relais.Access;
using Relais.Channels;
using Relais.Kit;
using Relais.Numbers.Inventory;
using Relais.Platform.Http;
using Relais.Webhooks;

namespace Functions.Tests.Numbers;

/// <summary>Tests messages that arrive before their number is registered as a sender.</summary>
public sealed class UnroutedMessagesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Actor Job = Actor.System("sync-numbers");

    [Fact]
    public async Task A_message_waits_until_its_number_is_registered()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1), world.RouterUrls.Expected.SmsUrl.ToString());
        await ReceiveAsync(world, world.PhoneNumber(1), "SMfirst");

        await ProcessAsync(world);
        var before = await StatesAsync(world);
        await world.Sync.RunAsync(world.TenantId, Job, default);
        await ProcessAsync(world);
        await world.Sync.RunAsync(world.TenantId, Job, default);
        await ProcessAsync(world);

        Assert.Equal(["unrouted"], before);
        Assert.Equal(["done"], await StatesAsync(world));
        Assert.Equal(["Bonjour"], await MessagesAsync(world));
    }

    [Fact]
    public async Task A_message_during_registration_is_stored_once()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1), "https://elsewhere.example/sms");
        world.Provider.Distort = owned =>
        {
            // From now on, the provider sends messages to our webhook.
            ReceiveAsync(world, world.PhoneNumber(1), "SMbetween").GetAwaiter().GetResult();
            ProcessAsync(world).GetAwaiter().GetResult();
            return owned;
        };

        var request = new ConfigureRequest { Number = world.PhoneNumber(1) };
        Assert.Null((await world.Configure.RunAsync(world.Caller, request, default)).Failure);
        Assert.Equal(["pending"], await StatesAsync(world));
        await ProcessAsync(world);
        Assert.Null((await world.Configure.RunAsync(world.Caller, request, default)).Failure);
        await ProcessAsync(world);

        Assert.Equal(["done"], await StatesAsync(world));
        Assert.Equal(["Bonjour"], await MessagesAsync(world));
    }

    [Fact]
    public async Task A_sender_registered_during_processing_loses_no_message()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1));
        await world.Sync.RunAsync(world.TenantId, Job, default);
        var number = (await world.NumberAsync(world.PhoneNumber(1))).Id;
        await ReceiveAsync(world, world.PhoneNumber(1), "SMrace");

        Task? processing = null;
        await world.Db.RunAsync(world.TenantId, async tx =>
        {
            await StoredNumbers.RegisterSenderAsync(tx, number, world.Clock.Now, default);
            processing = ProcessAsync(world);
            await Wait.UntilAsync(async () => processing.IsCompleted
                || await world.OneAsync<int>(
                    """
                    select count(*) from pg_locks where locktype = 'advisory' and not granted
                    and database = (select oid from pg_database where datname = current_database())
                    """) > 0);
        }, default);
        await processing!;
        await ProcessAsync(world);

        Assert.Equal(["done"], await StatesAsync(world));
        Assert.Equal(["Bonjour"], await MessagesAsync(world));
    }

    [Fact]
    public async Task Old_or_other_unrouted_messages_are_not_requeued()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        await ReceiveAsync(world, world.PhoneNumber(1), "SMold");
        world.Clock.Advance(TimeSpan.FromDays(7));
        await ReceiveAsync(world, world.PhoneNumber(2), "SMother");
        await ReceiveAsync(world, $"whatsapp:{world.PhoneNumber(1)}", "SMwhatsapp");
        await ReceiveAsync(world, world.PhoneNumber(1), "SMyoung");
        await ProcessAsync(world);

        await world.BuyAndRunAsync(world.PhoneNumber(1));

        Assert.Equal(
            [$"SMyoung{world.Number}"],
            await world.ListAsync<string>(
                "select sid from webhook_events where tenant_id = @TenantId and state = 'pending'", new { world.TenantId }));
        Assert.Equal(3, (await StatesAsync(world)).Count(state => state == "unrouted"));
    }

    private static async Task ReceiveAsync(NumbersFixture world, string to, string sid)
    {
        var now = world.Clock.GetUtcNow();
        var payload = Json.Write(new Dictionary<string, string>
        {
            ["MessageSid"] = sid,
            ["AccountSid"] = world.AccountSid,
            ["From"] = "+14185550142",
            ["To"] = to,
            ["Body"] = "Bonjour",
        });
        await world.Get<EventStore>().StoreBatchAsync(
            [
                new WebhookEvent(
                    Guid.CreateVersion7(), world.TenantId, "twilio", WebhookEvent.InboundKind, $"{sid}{world.Number}", "", payload, now),
            ],
            default);
    }

    /// <summary>Processes all pending events of the tenant, as the sweep does.</summary>
    private static async Task ProcessAsync(NumbersFixture world)
    {
        var process = world.Get<ProcessWebhookEvent>();
        foreach (var id in await world.ListAsync<Guid>(
            "select id from webhook_events where tenant_id = @TenantId and state = 'pending'", new { world.TenantId }))
        {
            await process.RunAsync(id, default);
        }
    }

    private static Task<List<string>> StatesAsync(NumbersFixture world) =>
        world.ListAsync<string>(
            "select state from webhook_events where tenant_id = @TenantId order by received_at", new { world.TenantId });

    private static Task<List<string>> MessagesAsync(NumbersFixture world) =>
        world.ListAsync<string>("select body from messages where tenant_id = @TenantId and direction = 'in'", new { world.TenantId });
}
