namespace Functions.Tests.Contacts.Generated;

/// <summary>
/// A readable file with some changed, lost or repeated bytes. Its meaning is unknown, but the invariants of an import must hold.
/// </summary>
internal static class DamagedFile
{
    private static readonly byte[] SpecialBytes = [.. "\"\";,\n\r\t\0=+ "u8, 0x1F, 0xC3, 0xE9, 0xFF, 0x80];

    public static GeneratedFile Make(int seed, SeededChance chance)
    {
        var readable = new ReadableFile(seed, chance).Make();
        var bytes = readable.Bytes.ToList();
        for (var faults = chance.Between(1, 5); faults > 0 && bytes.Count > 1; faults--)
        {
            Damage(chance, bytes);
        }

        return readable with { Bytes = [.. bytes], Rows = null, Refusal = null };
    }

    private static void Damage(SeededChance chance, List<byte> bytes)
    {
        var at = chance.Below(bytes.Count);
        var length = Math.Min(chance.OneIn(4) ? chance.Between(1, 200) : 1, bytes.Count - at);
        switch (chance.Below(7))
        {
            case 0:
                bytes.RemoveRange(at, length);
                break;
            case 1:
                bytes.InsertRange(at, Enumerable.Range(0, length).Select(_ => (byte)chance.Below(256)));
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3:
                bytes[at] = (byte)chance.Below(256);
                break;
            case 4:
                bytes.RemoveRange(at, chance.OneIn(3) ? bytes.Count - at : 1);
                break;
            default:
                bytes.Insert(at, chance.Of(SpecialBytes));
                break;
        }
    }
}
