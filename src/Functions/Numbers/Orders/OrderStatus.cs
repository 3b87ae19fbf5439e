namespace Relais.Numbers.Orders;

internal static class OrderStatus
{
    /// <summary>Nothing was asked of the provider yet.</summary>
    public const string Reserved = "reserved";

    /// <summary>The provider may have sold the number, or may not.</summary>
    public const string Buying = "buying";

    public const string Bought = "bought";

    /// <summary>Its messages reach us: that was read back.</summary>
    public const string Connected = "connected";

    public const string Done = "done";

    /// <summary>What was bought is being given back.</summary>
    public const string Undoing = "undoing";

    public const string Failed = "failed";

    public static bool IsEnd(string status) => status is Done or Failed;
}
