using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Webhooks;

namespace Relais.WhatsAppSenders;

/// <summary>Puts a retired sender back into use, if the provider account still has it.</summary>
internal sealed class RestoreWhatsAppSender(TenantDb db, TenantAccounts accounts, IWhatsAppSenderProvider provider, TimeProvider time)
{
    // A sender whose account was removed (account_id is null) is assigned to the current account, unless another sender of that account has
    // its number.
    private const string UnretireSender = """
        update senders s set retired_at = null, account_id = @AccountId
        where s.id = @Id and (s.account_id is null or s.account_id = @AccountId)
          and not exists (
            select from senders o
            where o.account_id = @AccountId and o.channel = s.channel and o.address = s.address and o.id <> s.id)
        returning s.id
        """;

    /// <returns>The active sender. A sender that is not retired is returned unchanged.</returns>
    public async Task<Result<WhatsAppSenderView>> RunAsync(Caller caller, Guid senderId, CancellationToken ct)
    {
        var row = await db.RunAsync(
            caller.TenantId, tx => WhatsAppSenderRow.FindAsync(tx, caller.TenantId, senderId, ct, retired: true), ct);
        if (row is null)
        {
            return WhatsAppFailures.NotFound();
        }

        if (row.RetiredAt is null)
        {
            return row.ToView();
        }

        if (await accounts.FindAsync(caller.TenantId, ct) is not { } account)
        {
            return TelephonyFailures.Create(TelephonyFailures.NoAccount);
        }

        return await CheckRegisteredAsync(row, account) is { } failure
            ? failure
            : await db.RunAsync(caller.TenantId, tx => RestoreAsync(tx, caller, senderId, account, ct), ct);
    }

    /// <returns>Null when the account has the sender. The sandbox needs no check, because it belongs to no account.</returns>
    private async Task<Failure?> CheckRegisteredAsync(WhatsAppSenderRow row, TenantAccount account)
    {
        if (row.IsSandbox)
        {
            return null;
        }

        var listed = await provider.ListAsync(account.Credentials);
        if (listed.Failure is { } failure)
        {
            return WhatsAppFailures.From(failure);
        }

        return listed.Value.Exists(sender => sender.Number == row.Address) ? null : WhatsAppFailures.NotRegistered();
    }

    private async Task<Result<WhatsAppSenderView>> RestoreAsync(
        NpgsqlTransaction tx, Caller caller, Guid senderId, TenantAccount account, CancellationToken ct)
    {
        if (!await AccountUse.LockUnchangedAsync(tx, account, ct))
        {
            return TelephonyFailures.Create(TelephonyFailures.AccountMismatch);
        }

        if (await tx.QueryOneAsync<Guid?>(UnretireSender, new { Id = senderId, AccountId = account.Id }, ct) is null)
        {
            return WhatsAppFailures.Replaced();
        }

        var now = time.GetUtcNow();
        await UnroutedMessages.RequeueForSenderAsync(tx, senderId, now, ct);
        var change = new AuditEntry("sender.restore", "sender", senderId.ToString(), new { Status = "retired" });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return (await WhatsAppSenderRow.FindAsync(tx, caller.TenantId, senderId, ct))!.ToView();
    }
}
