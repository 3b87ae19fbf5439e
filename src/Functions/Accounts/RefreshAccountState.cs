using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Accounts;

/// <summary>Asks the provider how the account stands, and keeps the answer.</summary>
internal sealed class RefreshAccountState(TenantDb db, INumberProvider provider, TimeProvider time)
{
    // with the secret of this reading: a token that was replaced meanwhile is not judged by what the old one met
    private const string UpdateState = """
        update provider_accounts
        set state = @State, friendly_name = coalesce(@FriendlyName, friendly_name), is_trial = coalesce(@IsTrial, is_trial), checked_at = @Now
        where id = @Id and account_sid = @Sid and updated_at <= @UpdatedAt
        returning id
        """;

    /// <returns>Why the account cannot be used; null: it can.</returns>
    public async Task<Failure?> RefreshAsync(TenantAccount account, CancellationToken ct)
    {
        var fetched = await provider.FetchAccountAsync(account.Provider);
        if (AccountStatePolicy.FindState(fetched) is { } state)
        {
            await StoreStateAsync(account, state, fetched.Failure is null ? fetched.Value : null, ct);
        }

        return AccountStatePolicy.FindFailure(fetched);
    }

    private Task StoreStateAsync(TenantAccount account, string state, AccountInfo? facts, CancellationToken ct) => db.RunAsync(account.TenantId, async tx =>
    {
        var now = time.GetUtcNow();
        var kept = await tx.QueryOneAsync<Guid?>(UpdateState, new
        {
            account.Id,
            account.Provider.Sid,
            State = state,
            facts?.FriendlyName,
            facts?.IsTrial,
            account.UpdatedAt,
            Now = now.UtcDateTime,
        }, ct);
        if (kept is not null && state != account.State)
        {
            var change = new AuditEntry("account.state", "account", account.Id.ToString(), new { account.State }, new { State = state });
            await AuditTrail.WriteAsync(tx, account.TenantId, Actor.System("check-account"), now, change, ct);
        }
    }, ct);
}
