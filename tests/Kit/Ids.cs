namespace Relais.Kit;

/// <summary>Ids and phone numbers that are the same in every run and readable in a failure: <c>Ids.Contact(1)</c>.</summary>
public static class Ids
{
    public static Guid Tenant(int number) => Make(0x0001, number);

    public static Guid Sender(int number) => Make(0x0002, number);

    public static Guid Contact(int number) => Make(0x0003, number);

    public static Guid Campaign(int number) => Make(0x0004, number);

    public static Guid Message(int number) => Make(0x0005, number);

    public static Guid Template(int number) => Make(0x0006, number);

    /// <summary>A Guinean mobile number: +224 620 00 00 01.</summary>
    public static string Phone(int number) => $"+224620{number:D6}";

    private static Guid Make(ushort kind, int number) =>
        new(0x01900000, kind, 0x7000, 0x80, 0, 0, 0, (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number);
}
