using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using Relais.Platform.Secrets;

namespace Relais.DevHost.Seed;

/// <summary>Stores the three demo tenants. This runs at every start, because the secrets and the rate may have changed.</summary>
internal static class DemoSeed
{
    // High enough for any number of demo runs on one day.
    private const int DailyLimit = 1_000_000;

    private const string UpsertTenant = """
        insert into tenants (id, slug, name, country, locale, time_zone, daily_limit)
        values (@Id, @Slug, @Name, @Country, 'fr', @TimeZone, @DailyLimit)
        on conflict (id) do update set slug = excluded.slug, name = excluded.name, daily_limit = excluded.daily_limit
        """;

    private const string UpsertApiKey = """
        insert into api_keys (id, tenant_id, name, hash, scopes)
        values (@KeyId, @Id, 'demo', @KeyHash, '{*}')
        on conflict (id) do update set hash = excluded.hash
        """;

    private const string UpsertAccount = """
        insert into provider_accounts (id, tenant_id, provider, account_sid, secret, secret_key_id)
        values (@AccountId, @Id, 'twilio', @AccountSid, @Secret, @SecretKeyId)
        on conflict (id) do update set secret = excluded.secret, secret_key_id = excluded.secret_key_id
        """;

    private const string InsertSender = """
        insert into senders (id, tenant_id, account_id, channel, address, name, is_sandbox, sandbox_join_code)
        values (@SenderId, @Id, @AccountId, @Channel, @Address, @Name, @IsSandbox, @SandboxJoinCode)
        on conflict (id) do nothing
        """;

    private const string SetPace = """
        update senders
        set pace_units = @Rate, pace_window_ms = 1000
        where id = @SenderId
        """;

    public static async Task RunAsync(string owner, DevState state, int rate, CancellationToken ct)
    {
        var secrets = state.Secrets();
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var tenant in DemoTenant.All)
        {
            var row = CreateRow(tenant, state, secrets);
            foreach (var sql in new[] { UpsertTenant, UpsertApiKey, UpsertAccount, InsertSender })
            {
                await connection.ExecuteAsync(new CommandDefinition(sql, row, transaction, cancellationToken: ct));
            }
        }

        await connection.ExecuteAsync(new CommandDefinition(
            SetPace, new { DemoTenant.Taxi.SenderId, Rate = rate }, transaction, cancellationToken: ct));
        await transaction.CommitAsync(ct);
    }

    private static object CreateRow(DemoTenant tenant, DevState state, SecretBox secrets) => new
    {
        tenant.Id,
        tenant.Slug,
        tenant.Name,
        tenant.Country,
        tenant.TimeZone,
        DailyLimit,
        tenant.KeyId,
        KeyHash = SHA256.HashData(Encoding.UTF8.GetBytes(state.ApiKey(tenant))),
        tenant.AccountId,
        tenant.AccountSid,
        Secret = secrets.Seal(state.TwilioToken, tenant.Id),
        SecretKeyId = secrets.ActiveKeyId,
        tenant.SenderId,
        tenant.Channel,
        tenant.Address,
        IsSandbox = tenant.SandboxJoinCode is not null,
        tenant.SandboxJoinCode,
    };
}
