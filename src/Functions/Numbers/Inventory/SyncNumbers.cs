using System.Text.Json.Serialization;
using Npgsql;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Accounts;

namespace Relais.Numbers.Inventory;

/// <param name="Drifted">Managed numbers whose messages did not reach us.</param>
/// <param name="Repaired">Of those, how many do again.</param>
/// <param name="OwnedByAnotherTenant">Numbers that another tenant's inventory still has: its own synchronisation lets them go.</param>
internal sealed record SyncOutcome(int Added, int Ended, int Drifted, int Repaired, [property: JsonIgnore] int OwnedByAnotherTenant = 0);

/// <summary>Makes the inventory say what the account has, both ways, and repairs what points elsewhere.</summary>
internal sealed class SyncNumbers(
    TenantDb db, TenantAccounts accounts, RefreshAccountState states, INumberProvider provider, ConnectWebhooks webhooks, RouterUrls targets, TimeProvider time)
{
    /// <summary>Set again in one run; after a change of the public address every number points elsewhere.</summary>
    private const int MaxRepairs = 50;

    private const string SelectNumbers = $"select {NumberRow.Columns} from phone_numbers where tenant_id = @TenantId and state <> 'released' order by id";

    // a list that was asked for before they ended still holds them
    private const string SelectNumbersOfOpenOrders = """
        select number from number_orders where tenant_id = @TenantId and (status not in ('done', 'failed') or ended_at >= @Since)
        union all
        select number from phone_numbers where tenant_id = @TenantId and released_at >= @Since
        """;

    private const string SelectRepairSetting = "select repair_webhooks from tenants where id = @TenantId";

    private sealed record Stored(List<NumberRow> Known, HashSet<string> BeingBought, List<NumberBoughtByOrder> Marked, bool MayRepair);

    public async Task<Result<SyncOutcome>> RunAsync(Guid tenantId, Actor actor, CancellationToken ct)
    {
        var account = await accounts.FindAsync(tenantId, ct);
        if (account is null)
        {
            return TelephonyFailures.Create(TelephonyFailures.NoAccount);
        }

        if (await states.RefreshAsync(account, ct) is { } unusable)
        {
            return unusable;
        }

        var since = time.GetUtcNow();
        var listed = await provider.ListAsync(account.Provider);
        if (listed.Failure is { } failure)
        {
            return TelephonyFailures.From(failure);
        }

        var stored = await db.RunAsync(tenantId, tx => ReadAsync(tx, tenantId, listed.Value, since, ct), ct);
        var plan = SyncPlan.Compare(stored.Known, [.. listed.Value.Except(stored.Marked.Select(one => one.Held))], stored.BeingBought, since);
        var (added, contested) = await db.RunAsync(tenantId, tx => StoreAsync(tx, account, plan, stored.Marked, actor, ct), ct);
        var ended = 0;
        foreach (var row in plan.Missing)
        {
            ended += await MarkReleasedAsync(account, row, actor, ct) ? 1 : 0;
        }

        var drifted = plan.Present.Where(pair => pair.Row.Managed && targets.PointsElsewhere(pair.Held)).ToList();
        var repaired = 0;
        foreach (var (row, held) in stored.MayRepair ? drifted.Take(MaxRepairs) : [])
        {
            repaired += await RepairAsync(account, row.Id, held, actor, ct) is null ? 1 : 0;
        }

        return new SyncOutcome(added, ended, drifted.Count, repaired, contested);
    }

    /// <returns>Null: its messages reach us again.</returns>
    public async Task<ProviderFailure?> RepairAsync(TenantAccount account, Guid numberId, OwnedNumber before, Actor actor, CancellationToken ct)
    {
        var wanted = targets.Expected with { SmsUrl = targets.FindRouter(before.SmsUrl) ?? targets.Expected.SmsUrl };
        var held = await webhooks.SetAsync(account.Provider, before.Sid, wanted);
        if (held.Failure is { } failure)
        {
            return failure;
        }

        await db.RunAsync(account.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            await StoredNumbers.UpdateFromProviderAsync(tx, numberId, held.Value, targets, now, ct);
            await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, NumberAuditEntries.Webhooks("number.repair", numberId, before, held.Value), ct);
        }, ct);
        return null;
    }

    private async Task<Stored> ReadAsync(NpgsqlTransaction tx, Guid tenantId, List<OwnedNumber> listed, DateTimeOffset since, CancellationToken ct)
    {
        var tenant = new { TenantId = tenantId, Since = since.UtcDateTime };
        var known = await tx.QueryAsync<NumberRow>(SelectNumbers, tenant, ct);
        var marked = await NumbersBoughtByOrders.ReadAsync(tx, listed, known, targets, ct);
        return new Stored(known, [.. await tx.QueryAsync<string>(SelectNumbersOfOpenOrders, tenant, ct)], marked, await tx.QueryOneAsync<bool>(SelectRepairSetting, tenant, ct));
    }

    private async Task<(int Added, int OwnedByAnotherTenant)> StoreAsync(
        NpgsqlTransaction tx, TenantAccount account, SyncPlan plan, List<NumberBoughtByOrder> marked, Actor actor, CancellationToken ct)
    {
        if (!await AccountUse.LockUnchangedAsync(tx, account, ct))
        {
            // what was listed is not this tenant's any more
            return (0, 0);
        }

        var now = time.GetUtcNow();
        foreach (var (row, held) in plan.Present)
        {
            await StoredNumbers.UpdateFromProviderAsync(tx, row.Id, held, targets, now, ct);
        }

        foreach (var late in marked.Where(one => one.Ended))
        {
            await NumbersBoughtByOrders.RecordOrphanAsync(tx, late, now, ct);
        }

        var added = 0;
        foreach (var held in plan.New)
        {
            added += await AddAsync(tx, account, held, actor, now, ct) ? 1 : 0;
        }

        return (added, plan.New.Count - added);
    }

    private async Task<bool> AddAsync(NpgsqlTransaction tx, TenantAccount account, OwnedNumber held, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        // somebody pointed it here by hand: it is ours to look after; one without SMS sends nothing
        var connected = held.Capabilities.Sms && targets.IsRouter(held.SmsUrl) && held.SmsApplicationSid is null;
        var number = new NewNumber(
            account.TenantId, account.Id, held.Number, held.Sid, held.FriendlyName, CallingCodes.FindCountry(held.Number), held.Type, "account", connected);
        if (await StoredNumbers.InsertAsync(tx, number, now, ct) is not { } id)
        {
            return false;
        }

        await StoredNumbers.UpdateFromProviderAsync(tx, id, held, targets, now, ct);
        if (connected)
        {
            await StoredNumbers.RegisterSenderAsync(tx, id, now, ct);
        }

        await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, new AuditEntry("number.found", "number", id.ToString(), After: new { held.Sid, Connected = connected }), ct);
        return true;
    }

    // a list can be wrong about one number: its own address has the last word
    private async Task<bool> MarkReleasedAsync(TenantAccount account, NumberRow row, Actor actor, CancellationToken ct)
    {
        if ((await provider.FetchAsync(account.Provider, row.ProviderSid)).Failure is not { IsNotFound: true })
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

            await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, new AuditEntry("number.gone", "number", row.Id.ToString(), Before: new { Sid = row.ProviderSid, row.SenderId }), ct);
        }, ct);
        return true;
    }
}
