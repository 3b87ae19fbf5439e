namespace Relais.Numbers.Orders;

internal static class OrderStatus
{
    /// <summary>No purchase was started yet.</summary>
    public const string Reserved = "reserved";

    /// <summary>A purchase was started: the provider may have sold the number, or may not.</summary>
    public const string Buying = "buying";

    public const string Bought = "bought";

    /// <summary>The number's webhooks point here: they were read back from the provider.</summary>
    public const string Connected = "connected";

    public const string Done = "done";

    /// <summary>The order failed, and its number is being released.</summary>
    public const string Undoing = "undoing";

    public const string Failed = "failed";

    public static bool IsFinal(string status) => status is Done or Failed;
}
