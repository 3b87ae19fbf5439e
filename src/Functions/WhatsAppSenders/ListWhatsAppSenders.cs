using Relais.Platform.Database;

namespace Relais.WhatsAppSenders;

/// <summary>Without those that were retired, unless they are asked for.</summary>
internal sealed class ListWhatsAppSenders(TenantDb db)
{
    internal sealed record Output(IReadOnlyList<WhatsAppSenderView> Senders);

    public Task<Output> RunAsync(Guid tenantId, bool retired, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx => new Output((await WhatsAppSenderRow.AllAsync(tx, tenantId, ct, retired)).ConvertAll(row => row.ToView())), ct);
}
