using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <summary>Adds and ends numbers of the inventory as the account has them, and repairs webhooks that point elsewhere.</summary>
internal sealed class SyncNumbers(
    TenantDb db,
    TenantAccounts accounts,
    RefreshAccountState refreshState,
    INumberProvider provider,
    ConnectWebhooks webhooks,
    RouterUrls routerUrls,
    TimeProvider time)
{
    /// <summary>
    /// Repairs in one run. After a change of the public address all numbers point elsewhere: the limit keeps one tenant from delaying the
    /// others.
    /// </summary>
    private const int MaxRepairs = 50;

    private const string SelectNumbers = $"""
        select {NumberRow.Columns} from phone_numbers where tenant_id = @TenantId and state <> 'released' order by id
        """;

    // The steps of an open order handle its number. The list may contain numbers whose order ended, or that were released, after the list
    // was requested.
    private const string SelectExcludedNumbers = """
        select number from number_orders where tenant_id = @TenantId and (status not in ('done', 'failed') or ended_at >= @Since)
        union all
        select number from phone_numbers where tenant_id = @TenantId and released_at >= @Since
        """;

    private const string SelectRepairSetting = "select repair_webhooks from tenants where id = @TenantId";

    private sealed record StoredState(
        List<NumberRow> Numbers, HashSet<string> ExcludedNumbers, List<NumberBoughtByOrder> BoughtByOrders, bool MayRepair);

    public async Task<Result<SyncOutcome>> RunAsync(Guid tenantId, Actor actor, CancellationToken ct)
    {
        var account = await accounts.FindAsync(tenantId, ct);
        if (account is null)
        {
            return TelephonyFailures.Create(TelephonyFailures.NoAccount);
        }

        if (await refreshState.RunAsync(account, ct) is { } unusable)
        {
            return unusable;
        }

        var listedAt = time.GetUtcNow();
        var listed = await provider.ListAsync(account.Credentials);
        if (listed.Failure is { } failure)
        {
            return TelephonyFailures.From(failure);
        }

        var stored = await db.RunAsync(tenantId, tx => ReadAsync(tx, tenantId, listed.Value, listedAt, ct), ct);
        var importable = listed.Value.Except(stored.BoughtByOrders.Select(bought => bought.Number));
        var plan = SyncPlan.Compare(stored.Numbers, [.. importable], stored.ExcludedNumbers, listedAt);
        var (added, ownedByOthers) = await db.RunAsync(
            tenantId, tx => StoreAsync(tx, account, plan, stored.BoughtByOrders, actor, ct), ct);
        var ended = await EndMissingAsync(account, plan.Missing, actor, ct);
        var drifted = plan.Present.Where(pair => pair.Row.Managed && routerUrls.HasWrongWebhooks(pair.Owned)).ToList();
        var repaired = stored.MayRepair ? await RepairDriftedAsync(account, drifted, actor, ct) : 0;
        return new SyncOutcome(added, ended, drifted.Count, repaired, ownedByOthers);
    }

    /// <returns>Why the webhooks could not be set; null: they point to this installation again.</returns>
    public async Task<ProviderFailure?> RepairAsync(
        TenantAccount account, Guid numberId, OwnedNumber before, Actor actor, CancellationToken ct)
    {
        var expected = routerUrls.Expected with { SmsUrl = routerUrls.FindRouter(before.SmsUrl) ?? routerUrls.Expected.SmsUrl };
        var connected = await webhooks.SetAsync(account.Credentials, before.Sid, expected);
        if (connected.Failure is { } failure)
        {
            return failure;
        }

        await db.RunAsync(account.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            await StoredNumbers.UpdateFromProviderAsync(tx, numberId, connected.Value, routerUrls, now, ct);
            var change = NumberAuditEntries.Webhooks("number.repair", numberId, before, connected.Value);
            await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, change, ct);
        }, ct);
        return null;
    }

    private async Task<StoredState> ReadAsync(
        NpgsqlTransaction tx, Guid tenantId, List<OwnedNumber> listed, DateTimeOffset listedAt, CancellationToken ct)
    {
        var parameters = new { TenantId = tenantId, Since = listedAt.UtcDateTime };
        var numbers = await tx.QueryAsync<NumberRow>(SelectNumbers, parameters, ct);
        var boughtByOrders = await NumbersBoughtByOrders.ReadAsync(tx, listed, numbers, routerUrls, ct);
        var excluded = await tx.QueryAsync<string>(SelectExcludedNumbers, parameters, ct);
        return new StoredState(numbers, [.. excluded], boughtByOrders, await tx.QueryOneAsync<bool>(SelectRepairSetting, parameters, ct));
    }

    private async Task<(int Added, int OwnedByAnotherTenant)> StoreAsync(
        NpgsqlTransaction tx,
        TenantAccount account,
        SyncPlan plan,
        List<NumberBoughtByOrder> boughtByOrders,
        Actor actor,
        CancellationToken ct)
    {
        if (!await AccountUse.LockUnchangedAsync(tx, account, ct))
        {
            // The tenant has replaced or deleted the account in the meantime: the listed numbers are no longer this tenant's.
            return (0, 0);
        }

        var now = time.GetUtcNow();
        foreach (var (row, owned) in plan.Present)
        {
            await StoredNumbers.UpdateFromProviderAsync(tx, row.Id, owned, routerUrls, now, ct);
        }

        foreach (var orphan in boughtByOrders.Where(bought => bought.Ended))
        {
            await NumbersBoughtByOrders.RecordOrphanAsync(tx, orphan, now, ct);
        }

        var added = 0;
        foreach (var owned in plan.New)
        {
            added += await AddAsync(tx, account, owned, actor, now, ct) ? 1 : 0;
        }

        return (added, plan.New.Count - added);
    }

    /// <returns>False: the number is already in an inventory, normally in another tenant's.</returns>
    private async Task<bool> AddAsync(
        NpgsqlTransaction tx, TenantAccount account, OwnedNumber owned, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        // A number that was pointed here in the provider's console becomes a managed sender. A number without SMS cannot send.
        var connected = owned.Capabilities.Sms && routerUrls.IsRouter(owned.SmsUrl) && owned.SmsApplicationSid is null;
        var number = new NewNumber(
            account.TenantId, account.Id, owned.Number, owned.Sid, owned.FriendlyName, CallingCodes.FindCountry(owned.Number), owned.Type,
            NumberSource.Account, connected);
        if (await StoredNumbers.InsertAsync(tx, number, now, ct) is not { } id)
        {
            return false;
        }

        await StoredNumbers.UpdateFromProviderAsync(tx, id, owned, routerUrls, now, ct);
        if (connected)
        {
            await StoredNumbers.RegisterSenderAsync(tx, id, now, ct);
        }

        var change = new AuditEntry("number.found", "number", id.ToString(), After: new { owned.Sid, Connected = connected });
        await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, change, ct);
        return true;
    }

    /// <returns>How many numbers ended.</returns>
    private async Task<int> EndMissingAsync(TenantAccount account, IReadOnlyList<NumberRow> missing, Actor actor, CancellationToken ct)
    {
        var ended = 0;
        foreach (var row in missing)
        {
            ended += await MarkReleasedAsync(account, row, actor, ct) ? 1 : 0;
        }

        return ended;
    }

    /// <returns>How many numbers were repaired.</returns>
    private async Task<int> RepairDriftedAsync(
        TenantAccount account, List<(NumberRow Row, OwnedNumber Owned)> drifted, Actor actor, CancellationToken ct)
    {
        var repaired = 0;
        foreach (var (row, owned) in drifted.Take(MaxRepairs))
        {
            repaired += await RepairAsync(account, row.Id, owned, actor, ct) is null ? 1 : 0;
        }

        return repaired;
    }

    // A list may lack a number that the account has, so the number ends only if fetching it alone gives a 404.
    private async Task<bool> MarkReleasedAsync(TenantAccount account, NumberRow row, Actor actor, CancellationToken ct)
    {
        if ((await provider.FetchAsync(account.Credentials, row.ProviderSid)).Failure is not { IsNotFound: true })
        {
            return false;
        }

        await db.RunAsync(account.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            if (!await StoredNumbers.MarkReleasedAsync(tx, row.Id, row.ProviderSid, now, ct))
            {
                return;
            }

            var before = new { Sid = row.ProviderSid, row.SenderId };
            var change = new AuditEntry("number.gone", "number", row.Id.ToString(), Before: before);
            await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, change, ct);
        }, ct);
        return true;
    }
}
