namespace Relais.Simulators;

/// <summary>Counts the SMS segments of a text: 160 septets each with GSM-7 (153 of several), 70 units with UCS-2 (67 of several).</summary>
internal static class Segments
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
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
                return Divide(text.Length, 70, 67);
            }
        }

        return Divide(septets, 160, 153);
    }

    private static int Divide(int units, int single, int joined) =>
        units <= single ? 1 : (units + joined - 1) / joined;
}
