using Relais.Platform.Database;

namespace Relais.WhatsAppSenders;

/// <summary>Lists the tenant's WhatsApp senders, with or without retired senders.</summary>
internal sealed class ListWhatsAppSenders(TenantDb db)
{
    internal sealed record Output(IReadOnlyList<WhatsAppSenderView> Senders);

    /// <param name="tenantId">The tenant.</param>
    /// <param name="retired">True includes retired senders.</param>
    /// <param name="ct">Cancels the query.</param>
    public Task<Output> RunAsync(Guid tenantId, bool retired, CancellationToken ct) => db.RunAsync(
        tenantId,
        async tx => new Output((await WhatsAppSenderRow.SelectAllAsync(tx, tenantId, ct, retired)).ConvertAll(row => row.ToView())),
        ct);
}
