using Npgsql;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Telephony.Accounts;
using Relais.Webhooks;

namespace Relais.Telephony.WhatsApp;

/// <summary>A tenant's WhatsApp senders as its account has them: one that was registered elsewhere appears, one that is gone is marked.</summary>
internal sealed class SyncWhatsAppSenders(TenantDb db, AccountDirectory accounts, IWhatsAppSenders provider, WebhookTargets targets, TimeProvider time)
{
    // two at once would both add the same sender
    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('whatsapp/' || @TenantId::text, 0))";

    // a retired one is not called back
    private const string Add = """
        insert into senders (id, tenant_id, account_id, channel, address, name, created_at)
        values (@Id, @TenantId, @AccountId, 'whatsapp', @Number, @Name, @Now)
        on conflict (account_id, channel, address) do nothing
        returning id
        """;

    internal sealed record Output(int Added, IReadOnlyList<WhatsAppSenderView> Senders);

    public async Task<Result<Output>> RunAsync(Guid tenantId, Actor actor, CancellationToken ct)
    {
        if (await accounts.FindAsync(tenantId, ct) is not { } account)
        {
            return TelephonyFailures.Named(TelephonyFailures.NoAccount);
        }

        var listed = await provider.ListAsync(account.Provider);
        return listed.Failure is { } failure
            ? TelephonyErrors.Failure(failure)
            : await db.RunAsync(tenantId, tx => KeepAsync(tx, account, listed.Value, actor, ct), ct);
    }

    private async Task<Output> KeepAsync(NpgsqlTransaction tx, TenantAccount account, List<WhatsAppSender> listed, Actor actor, CancellationToken ct)
    {
        await tx.ExecuteAsync(Lock, new { account.TenantId }, ct);
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

            await StoredSenders.KeepAsync(tx, account.TenantId, id, sender, now, ct);
            seen.Add(id);
        }

        await StoredSenders.MissAsync(tx, account.TenantId, seen, now, ct);
        return new Output(added, (await WhatsAppSenderRow.AllAsync(tx, account.TenantId, ct)).ConvertAll(row => row.ToView(targets)));
    }

    private static async Task<Guid?> AddAsync(NpgsqlTransaction tx, TenantAccount account, WhatsAppSender sender, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var id = await tx.QueryOneAsync<Guid?>(Add, new
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
            await UnroutedMessages.PutBackAsync(tx, id.Value, now, ct);
            var change = new Change("sender.find", "sender", id.Value.ToString(), After: new { Channel = "whatsapp", sender.Sid });
            await AuditTrail.WriteAsync(tx, account.TenantId, actor, now, change, ct);
        }

        return id;
    }
}
