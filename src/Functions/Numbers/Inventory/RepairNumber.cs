using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <summary>Sets the webhooks of a connected number again.</summary>
internal sealed class RepairNumber(TenantDb db, TenantAccounts accounts, INumberProvider provider, SyncNumbers sync, RouterUrls routerUrls)
{
    private const string SelectNumber = $"select {NumberRow.Columns} from phone_numbers where id = @Id";

    public async Task<Result<NumberView>> RunAsync(Caller caller, Guid id, CancellationToken ct)
    {
        var (row, account) = await db.RunAsync(caller.TenantId, async tx =>
            (await tx.QueryOneAsync<NumberRow>(SelectNumber, new { Id = id }, ct), await accounts.FindAsync(tx, caller.TenantId, ct)), ct);
        if (FindObstacle(row, account) is { } obstacle)
        {
            return TelephonyFailures.Create(obstacle);
        }

        var before = await provider.FetchAsync(account!.Credentials, row!.ProviderSid);
        if ((before.Failure ?? await sync.RepairAsync(account, id, before.Value, caller.Actor, ct)) is { } failure)
        {
            return failure.IsNotFound
                ? TelephonyFailures.Create(TelephonyFailures.NumberNotFound)
                : TelephonyFailures.From(failure);
        }

        var repaired = await db.RunAsync(caller.TenantId, tx => tx.QueryOneAsync<NumberRow>(SelectNumber, new { Id = id }, ct), ct);
        return repaired!.ToView(routerUrls);
    }

    /// <returns>A failure code; null: the number can be repaired.</returns>
    private static string? FindObstacle(NumberRow? row, TenantAccount? account) => (row, account) switch
    {
        (null or { State: NumberState.Released }, _) => TelephonyFailures.NumberNotFound,
        ({ State: NumberState.Releasing }, _) => TelephonyFailures.NumberReleasing,
        ({ Managed: false }, _) => TelephonyFailures.NumberNotManaged,
        (_, null) => TelephonyFailures.NoAccount,
        _ => null,
    };
}
