namespace Relais.Numbers.Inventory;

/// <summary>Where a phone number came from: an order, or the account, which had it already.</summary>
internal static class NumberSource
{
    public const string Purchase = "purchase";
    public const string Account = "account";
}
