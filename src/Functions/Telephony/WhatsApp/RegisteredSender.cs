using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Telephony.Accounts;

namespace Relais.Telephony.WhatsApp;

/// <summary>A sender that can be changed at the provider: not the sandbox, and registered with the tenant's account.</summary>
internal sealed class RegisteredSender(TenantDb db, AccountDirectory accounts, IWhatsAppSenderProvider provider)
{
    internal sealed record Found(WhatsAppSenderRow Row, TenantAccount Account, string Sid);

    public async Task<Result<Found>> FindAsync(Guid tenantId, Guid senderId, CancellationToken ct)
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
            return TelephonyFailures.Named(TelephonyFailures.NoAccount);
        }

        if (row is { ProviderSid: { } sid, Status: not WhatsAppSenderRow.Missing })
        {
            return new Found(row, account, sid);
        }

        var listed = await provider.ListAsync(account.Provider);
        if (listed.Failure is { } failure)
        {
            return WhatsAppFailures.Of(failure);
        }

        return listed.Value.Find(sender => sender.Number == row.Address) is { } found ? new Found(row, account, found.Sid) : WhatsAppFailures.NotRegistered();
    }
}
