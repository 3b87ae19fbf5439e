using Relais.Access;
using Relais.Kit;

namespace Functions.Tests;

/// <summary>The services of the app for one new tenant with a Twilio account and a sender.</summary>
internal abstract class TenantFixture : AppFixture
{
    public const string Token = "0123456789abcdef0123456789abcdef";
    public const string SenderNumber = "+224620999999";

    private static int tenants = 1000;

    protected TenantFixture(TestDatabase database, DateTimeOffset? start = null)
        : base(database, start)
    {
        Number = Interlocked.Increment(ref tenants);
        (TenantId, SenderId) = (Ids.Tenant(Number), Ids.Sender(Number));
        AccountSid = $"AC{TenantId:N}";
        Caller = new Caller(TenantId, new Actor(ActorKind.Person, "awa", "Awa"), Role.Operator, []);
    }

    /// <summary>Different for each tenant of this process.</summary>
    public int Number { get; }

    public Guid TenantId { get; }

    public Guid SenderId { get; }

    public string AccountSid { get; }

    public Caller Caller { get; protected init; }

    public Caller Owner => Caller with { Role = Role.Owner };

    protected Task InsertTenantAsync(string country = "GN") => ExecuteAsync(
        """
        insert into tenants (id, slug, name, country, time_zone, daily_limit)
          values (@TenantId, 't-' || @TenantId, 'Test', @Country, 'Africa/Conakry', 100000)
        """,
        new { TenantId, Country = country });

    protected Task InsertSenderAsync(string channel, string address = SenderNumber) => ExecuteAsync(
        """
        insert into provider_accounts (id, tenant_id, provider, account_sid, secret, secret_key_id)
          values (@TenantId, @TenantId, 'twilio', @AccountSid, @Secret, 'k1');
        insert into senders (id, tenant_id, account_id, channel, address) values (@SenderId, @TenantId, @TenantId, @Channel, @Address);
        """,
        new { TenantId, SenderId, AccountSid, Secret = Secrets.Seal(Token, TenantId), Channel = channel, Address = address });
}
