namespace Relais.Numbers.Inventory;

/// <summary>The states of a phone number in the inventory.</summary>
internal static class NumberState
{
    public const string Active = "active";
    public const string Releasing = "releasing";
    public const string Released = "released";
}
