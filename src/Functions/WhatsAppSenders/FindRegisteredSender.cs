using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.WhatsAppSenders;

/// <summary>
/// Finds a sender that can be changed at the provider: it is registered with the tenant's account and is not the sandbox. Otherwise the
/// result is a failure.
/// </summary>
internal sealed class FindRegisteredSender(TenantDb db, TenantAccounts accounts, IWhatsAppSenderProvider provider)
{
    /// <param name="Row">The stored sender.</param>
    /// <param name="Account">The tenant's provider account.</param>
    /// <param name="Sid">The provider's id of the sender.</param>
    internal sealed record RegisteredSender(WhatsAppSenderRow Row, TenantAccount Account, string Sid);

    public async Task<Result<RegisteredSender>> FindAsync(Guid tenantId, Guid senderId, CancellationToken ct)
    {
        var row = await db.RunAsync(tenantId, tx => WhatsAppSenderRow.FindAsync(tx, tenantId, senderId, ct), ct);
        if (row is null)
        {
            return WhatsAppFailures.NotFound();
        }

        if (row.IsSandbox)
        {
            return WhatsAppFailures.Sandbox();
        }

        if (await accounts.FindAsync(tenantId, ct) is not { } account)
        {
            return TelephonyFailures.Create(TelephonyFailures.NoAccount);
        }

        if (row is { ProviderSid: { } sid, Status: not WhatsAppSenderRow.Missing })
        {
            return new RegisteredSender(row, account, sid);
        }

        var listed = await provider.ListAsync(account.Credentials);
        if (listed.Failure is { } failure)
        {
            return WhatsAppFailures.From(failure);
        }

        return listed.Value.Find(sender => sender.Number == row.Address) is { } registered
            ? new RegisteredSender(row, account, registered.Sid)
            : WhatsAppFailures.NotRegistered();
    }
}
