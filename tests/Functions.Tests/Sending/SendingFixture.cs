using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Relais.Channels;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Sending;
using Relais.Sending.Pump;

namespace Functions.Tests.Sending;

/// <summary>
/// Creates a tenant with one sender and runs the sending operations for it. The services use the time of the machine, like the database.
/// </summary>
internal sealed class SendingFixture : TenantFixture
{
    private readonly ILoggerProvider? statements;
    private readonly ConcurrentDictionary<string, long> measured = new();
    private readonly MeterListener listener = new();

    private SendingFixture(TestDatabase database, ILoggerProvider? statements)
        : base(database)
    {
        this.statements = statements;
        CountMeasurements();
    }

    public FakeProvider Provider { get; } = new();

    /// <summary>Called for every message that waits for a retry.</summary>
    public Func<AppliedTransition, Task> OnRetryWaiting { get; set; } = _ => Task.CompletedTask;

    /// <summary>Time until the next message is due, as the last pump returned it; null when no message waits.</summary>
    public TimeSpan? NextDue { get; private set; }

    /// <summary>How often a pump requested the resolution of its unknown outcomes.</summary>
    public int ResolveRequestCount { get; private set; }

    public Guid Tenant => TenantId;

    public Guid Sender => SenderId;

    public static async Task<SendingFixture> CreateAsync(
        TestDatabase database, string channel = "sms", int? paceUnits = null, int? windowMs = null, int dailyLimit = 100_000,
        int? perMinute = null, int? spacingMs = null, ILoggerProvider? statements = null)
    {
        var world = new SendingFixture(database, statements);
        await world.InsertTenantAsync();
        await world.InsertSenderAsync(channel, Ids.Phone(900_000 + world.Number));
        await world.ExecuteAsync(
            """
            update tenants set daily_limit = @DailyLimit where id = @Tenant;
            update senders set pace_units = @PaceUnits, pace_window_ms = @WindowMs, recipient_per_minute = @PerMinute,
              recipient_spacing_ms = @SpacingMs
            where id = @Sender;
            """,
            new
            {
                world.Tenant,
                world.Sender,
                PaceUnits = paceUnits,
                WindowMs = windowMs,
                DailyLimit = dailyLimit,
                PerMinute = perMinute,
                SpacingMs = spacingMs,
            });
        return world;
    }

    public async Task<PumpResult> PumpAsync(SendingOptions? options = null, CancellationToken ct = default)
    {
        (var result, NextDue) = await PumpOnce.RunAsync(this, message => OnRetryWaiting(message), SettleLaterAsync, options, ct);
        return result;
    }

    private Task SettleLaterAsync()
    {
        ResolveRequestCount++;
        return Task.CompletedTask;
    }

    /// <summary>Adds a trigger that rejects every update of the message for which the SQL condition holds.</summary>
    public Task RejectUpdatesAsync(Guid message, string errorCode, string condition) => ExecuteAsync(
        $"""
        create or replace function refuse()
          returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '{errorCode}'; end $$;
        create or replace trigger refuse before update on messages
          for each row when (old.id = '{message}' and {condition}) execute function refuse();
        """);

    /// <summary>Runs the sweep that a timer starts every minute, but sends no wake messages to a queue.</summary>
    public Task SweepAsync() => Get<SweepSenders>().RunAsync(CancellationToken.None);

    /// <summary>The sum of the measurements of the counter with this name.</summary>
    public long Measured(string name) => measured.GetValueOrDefault(name);

    public async Task<Guid> CampaignAsync(string status = "running")
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            insert into campaigns (id, tenant_id, sender_id, name, status, audience, message1)
              values (@Id, @Tenant, @Sender, 'Essai', @Status, '{}', '{}')
            """, new { Id = id, Tenant, Sender, Status = status });
        return id;
    }

    /// <summary>Inserts messages that are due now, for consecutive recipients or for the same recipient.</summary>
    public async Task<List<Guid>> MessagesAsync(
        int count, Guid? campaign = null, int firstRecipient = 1, int units = 1, bool oneRecipient = false, int lane = 1)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).OrderBy(id => id.ToString(), StringComparer.Ordinal)
            .ToList();
        await ExecuteAsync(
            """
            insert into messages (id, tenant_id, sender_id, stream_id, lane, channel, contact_address, campaign_id, step, body, units,
              due_at, created_at)
            select m.id, @Tenant, @Sender, coalesce(@Campaign, @Sender), @Lane, s.channel, m.address, @Campaign,
              case when @Campaign is null then 0 else 1 end,
              'Bonjour', @Units, now() - interval '1 minute', now()
            from unnest(@Ids, @Addresses) m (id, address), senders s where s.id = @Sender
            """,
            new
            {
                Tenant,
                Sender,
                Campaign = campaign,
                Lane = lane,
                Units = units,
                Ids = ids.ToArray(),
                Addresses = Enumerable.Range(firstRecipient, count).Select(n => Ids.Phone(oneRecipient ? firstRecipient : n)).ToArray(),
            });
        return ids;
    }

    public async Task<Dictionary<string, long>> CountersAsync(Guid campaign) =>
        (await ListAsync<(string Name, long Value)>(
            "select name, sum(value)::bigint from campaign_counters where campaign_id = @campaign group by name having sum(value) <> 0",
            new { campaign }))
        .ToDictionary(row => row.Name, row => row.Value);

    public Task<string?> StatusAsync(Guid message) => OneAsync<string?>("select status from messages where id = @message", new { message });

    /// <summary>Closes the pooled connections, so that every statement is prepared again.</summary>
    public void ClearConnectionPools()
    {
        Get<IServiceProvider>().GetRequiredKeyedService<NpgsqlDataSource>(DataSources.App).Clear();
        Get<IServiceProvider>().GetRequiredKeyedService<NpgsqlDataSource>(DataSources.System).Clear();
    }

    protected override void Replace(IServiceCollection services)
    {
        services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IMessageSender>(Provider)
            .AddSingleton<IMessageLookup>(Provider);
        if (statements is not null)
        {
            LogStatements(services, statements);
        }
    }

    private void CountMeasurements()
    {
        // Other fixtures in this process have meters of their own. Measure only the meter of this fixture.
        var meter = Get<IMeterFactory>().Create("Relais");
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            measured.AddOrUpdate(instrument.Name, value, (_, old) => old + value));
        listener.Start();
    }

    public override async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await base.DisposeAsync();
    }
}
