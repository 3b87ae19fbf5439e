namespace Relais.Simulators;

/// <summary>How many SMS a text takes: GSM-7 160 or 153 septets each, UCS-2 70 or 67 units.</summary>
internal static class Segments
{
    private const string Basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    private const string Extended = "^{}\\[~]|€\f";

    public static int Count(string text)
    {
        var septets = 0;
        foreach (var c in text)
        {
            if (Basic.Contains(c, StringComparison.Ordinal))
            {
                septets++;
            }
            else if (Extended.Contains(c, StringComparison.Ordinal))
            {
                septets += 2;
            }
            else
            {
                return Pieces(text.Length, 70, 67);
            }
        }

        return Pieces(septets, 160, 153);
    }

    private static int Pieces(int units, int single, int joined) => units <= single ? 1 : (units + joined - 1) / joined;
}
