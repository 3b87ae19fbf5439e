using Relais.Platform.Database;

namespace Relais.Telephony.WhatsApp;

internal sealed class ListWhatsAppSenders(TenantDb db, WebhookTargets targets)
{
    internal sealed record Output(IReadOnlyList<WhatsAppSenderView> Senders);

    public Task<Output> RunAsync(Guid tenantId, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx => new Output((await WhatsAppSenderRow.AllAsync(tx, tenantId, ct)).ConvertAll(row => row.ToView(targets))), ct);
}
