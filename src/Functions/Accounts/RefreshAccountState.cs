using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Accounts;

/// <summary>Reads the state of an account from the provider and stores it.</summary>
internal sealed class RefreshAccountState(TenantDb db, INumberProvider provider, TimeProvider time)
{
    // The condition on updated_at skips an account whose token was replaced in the meantime: the answer is about the old token.
    private const string UpdateState = """
        update provider_accounts
        set state = @State, friendly_name = coalesce(@FriendlyName, friendly_name), is_trial = coalesce(@IsTrial, is_trial),
          checked_at = @Now
        where id = @Id and account_sid = @Sid and updated_at <= @UpdatedAt
        returning id
        """;

    /// <returns>Why the account cannot be used; null: it can.</returns>
    public async Task<Failure?> RunAsync(TenantAccount account, CancellationToken ct)
    {
        var fetched = await provider.FetchAccountAsync(account.Credentials);
        if (AccountStatePolicy.FindState(fetched) is { } state)
        {
            await StoreStateAsync(account, state, fetched.Failure is null ? fetched.Value : null, ct);
        }

        return AccountStatePolicy.FindFailure(fetched);
    }

    /// <param name="facts">Null: the provider did not return the account.</param>
    private Task StoreStateAsync(TenantAccount account, string state, AccountInfo? facts, CancellationToken ct) =>
        db.RunAsync(account.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            var updatedId = await tx.QueryOneAsync<Guid?>(UpdateState, new
            {
                account.Id,
                account.Credentials.Sid,
                State = state,
                facts?.FriendlyName,
                facts?.IsTrial,
                account.UpdatedAt,
                Now = now.UtcDateTime,
            }, ct);
            if (updatedId is not null && state != account.State)
            {
                var change = new AuditEntry(
                    "account.state", "account", account.Id.ToString(), new { account.State }, new { State = state });
                await AuditTrail.WriteAsync(tx, account.TenantId, Actor.System("check-account"), now, change, ct);
            }
        }, ct);
}
