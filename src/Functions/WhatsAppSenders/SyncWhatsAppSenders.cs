using Npgsql;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Accounts;
using Relais.Webhooks;

namespace Relais.WhatsAppSenders;

/// <summary>A tenant's WhatsApp senders as its account has them: one that was registered elsewhere appears, one that is gone retires.</summary>
internal sealed class SyncWhatsAppSenders(TenantDb db, TenantAccounts accounts, IWhatsAppSenderProvider provider, RouterUrls targets, TimeProvider time)
{
    // a retired one is not called back
    private const string InsertSender = """
        insert into senders (id, tenant_id, account_id, channel, address, name, created_at)
        values (@Id, @TenantId, @AccountId, 'whatsapp', @Number, @Name, @Now)
        on conflict (account_id, channel, address) do nothing
        returning id
        """;

    private const string SetRetired = """
        update senders set retired_at = @Now
        where id = @Id and retired_at is null and exists (select from whatsapp_senders where sender_id = @Id and provider_sid = @Sid)
        returning id
        """;

    internal sealed record Output(int Added, IReadOnlyList<WhatsAppSenderView> Senders);

    public async Task<Result<Output>> RunAsync(Guid tenantId, Actor actor, CancellationToken ct)
    {
        if (await accounts.FindAsync(tenantId, ct) is not { } account)
        {
            return TelephonyFailures.Create(TelephonyFailures.NoAccount);
        }

        var listed = await provider.ListAsync(account.Provider);
        if (listed.Failure is { } failure)
        {
            return TelephonyFailures.From(failure);
        }

        var (added, missing) = await db.RunAsync(tenantId, tx => StoreAsync(tx, account, listed.Value, actor, ct), ct);
        foreach (var sender in missing)
        {
            await RetireMissingAsync(account, sender, actor, ct);
        }

        return await db.RunAsync(tenantId, async tx => new Output(added, (await WhatsAppSenderRow.AllAsync(tx, tenantId, ct)).ConvertAll(row => row.ToView())), ct);
    }

    private async Task<(int Added, List<StoredWhatsAppSenders.MissingSender> Missing)> StoreAsync(
        NpgsqlTransaction tx, TenantAccount account, List<WhatsAppSender> listed, Actor actor, CancellationToken ct)
    {
        if (!await AccountUse.LockUnchangedAsync(tx, account, ct))
        {
            // what was listed is not this tenant's any more
            return (0, []);
        }

        var now = time.GetUtcNow();
        var known = (await WhatsAppSenderRow.AllAsync(tx, account.TenantId, ct)).Where(row => !row.IsSandbox).GroupBy(row => row.Address)
            .ToDictionary(group => group.Key, group => group.First().Id, StringComparer.Ordinal);
        var (seen, added) = (new List<Guid>(), 0);
        foreach (var sender in listed.Where(sender => PhoneNumber.IsE164(sender.Number)).DistinctBy(sender => sender.Number))
        {
            if (!known.TryGetValue(sender.Number, out var id))
            {
                if (await AddAsync(tx, account, sender, actor, now, ct) is not { } fresh)
                {
                    continue;
                }

                (id, added) = (fresh, added + 1);
            }

            await StoredWhatsAppSenders.UpdateFromProviderAsync(tx, account.TenantId, id, sender, targets, now, ct);
            seen.Add(id);
        }

        return (added, await StoredWhatsAppSenders.MarkMissingAsync(tx, account, seen, now, ct));
    }

    // a list can be wrong about one sender: its own address has the last word
    private async Task RetireMissingAsync(TenantAccount account, StoredWhatsAppSenders.MissingSender sender, Actor actor, CancellationToken ct)
    {
        if ((await provider.FetchAsync(account.Provider, sender.Sid)).Failure is not { IsNotFound: true })
        {
            return;
        }

        await db.RunAsync(account.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            if (await tx.QueryOneAsync<Guid?>(SetRetired, new { sender.Id, sender.Sid, Now = now.UtcDateTime }, ct) is not null)
            {
                await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, new AuditEntry("sender.gone", "sender", sender.Id.ToString(), Before: new { sender.Sid }), ct);
            }
        }, ct);
    }

    private static async Task<Guid?> AddAsync(NpgsqlTransaction tx, TenantAccount account, WhatsAppSender sender, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var id = await tx.QueryOneAsync<Guid?>(InsertSender, new
        {
            Id = Guid.CreateVersion7(now),
            account.TenantId,
            AccountId = account.Id,
            sender.Number,
            Name = sender.Profile.DisplayName ?? "",
            Now = now.UtcDateTime,
        }, ct);
        if (id is not null)
        {
            await UnroutedMessages.RequeueForSenderAsync(tx, id.Value, now, ct);
            var change = new AuditEntry("sender.find", "sender", id.Value.ToString(), After: new { Channel = "whatsapp", sender.Sid });
            await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, change, ct);
        }

        return id;
    }
}
