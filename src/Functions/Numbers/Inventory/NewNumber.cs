namespace Relais.Numbers.Inventory;

/// <param name="Source">purchase or account.</param>
/// <param name="Managed">Relais connects the number and therefore repairs its webhooks.</param>
internal sealed record NewNumber(
    Guid TenantId, Guid AccountId, string Number, string ProviderSid, string FriendlyName, string? Country, string? Type, string Source,
    bool Managed)
{
    public string[] Capabilities { get; init; } = [];
    public string? SmsUrl { get; init; }
    public string? SmsFallbackUrl { get; init; }
}
