using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.WhatsAppSenders;

/// <summary>
/// Synchronises a tenant's WhatsApp senders with its provider account. Senders that were registered at the provider are added, and senders
/// that no longer exist there are retired.
/// </summary>
internal sealed class SyncWhatsAppSenders(
    TenantDb db, TenantAccounts accounts, IWhatsAppSenderProvider provider, RouterUrls targets, TimeProvider time)
{
    private const string MarkRetired = """
        update senders set retired_at = @Now
        where id = @Id and retired_at is null and exists (select from whatsapp_senders where sender_id = @Id and provider_sid = @Sid)
        returning id
        """;

    /// <param name="Added">The number of senders that were added.</param>
    /// <param name="Senders">All senders that are not retired.</param>
    internal sealed record Output(int Added, IReadOnlyList<WhatsAppSenderView> Senders);

    public async Task<Result<Output>> RunAsync(Guid tenantId, Actor actor, CancellationToken ct)
    {
        if (await accounts.FindAsync(tenantId, ct) is not { } account)
        {
            return TelephonyFailures.Create(TelephonyFailures.NoAccount);
        }

        var listed = await provider.ListAsync(account.Credentials);
        if (listed.Failure is { } failure)
        {
            return TelephonyFailures.From(failure);
        }

        var (added, missing) = await db.RunAsync(tenantId, tx => StoreAsync(tx, account, listed.Value, actor, ct), ct);
        foreach (var sender in missing)
        {
            await RetireMissingAsync(account, sender, actor, ct);
        }

        return await db.RunAsync(
            tenantId,
            async tx => new Output(added, (await WhatsAppSenderRow.SelectAllAsync(tx, tenantId, ct)).ConvertAll(row => row.ToView())),
            ct);
    }

    private async Task<(int Added, List<StoredWhatsAppSenders.MissingSender> Missing)> StoreAsync(
        NpgsqlTransaction tx, TenantAccount account, List<WhatsAppSender> listed, Actor actor, CancellationToken ct)
    {
        if (!await AccountUse.LockUnchangedAsync(tx, account, ct))
        {
            // The tenant's account has changed since the list was read, so the listed senders belong to another account.
            return (0, []);
        }

        var now = time.GetUtcNow();
        var existing = (await WhatsAppSenderRow.SelectAllAsync(tx, account.TenantId, ct))
            .Where(row => !row.IsSandbox)
            .GroupBy(row => row.Address)
            .ToDictionary(group => group.Key, group => group.First().Id, StringComparer.Ordinal);
        var (seen, added) = (new List<Guid>(), 0);
        foreach (var sender in listed.Where(sender => PhoneNumber.IsE164(sender.Number)).DistinctBy(sender => sender.Number))
        {
            if (!existing.TryGetValue(sender.Number, out var id))
            {
                if (await AddFoundSender.RunAsync(tx, account, sender, actor, now, ct) is not { } newId)
                {
                    continue;
                }

                (id, added) = (newId, added + 1);
            }

            await StoredWhatsAppSenders.UpdateFromProviderAsync(tx, account.TenantId, id, sender, targets, now, ct);
            seen.Add(id);
        }

        return (added, await StoredWhatsAppSenders.MarkMissingAsync(tx, account, seen, now, ct));
    }

    // The provider's list can lack an existing sender. Retire the sender only when the provider also responds 404 for its id.
    private async Task RetireMissingAsync(
        TenantAccount account, StoredWhatsAppSenders.MissingSender sender, Actor actor, CancellationToken ct)
    {
        if ((await provider.FetchAsync(account.Credentials, sender.Sid)).Failure is not { IsNotFound: true })
        {
            return;
        }

        await db.RunAsync(account.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            if (await tx.QueryOneAsync<Guid?>(MarkRetired, new { sender.Id, sender.Sid, Now = now.UtcDateTime }, ct) is not null)
            {
                var change = new AuditEntry("sender.gone", "sender", sender.Id.ToString(), Before: new { sender.Sid });
                await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, change, ct);
            }
        }, ct);
    }
}
