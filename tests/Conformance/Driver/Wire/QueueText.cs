using System.Text;
using Relais.Conformance.Json;

namespace Relais.Conformance.Wire;

internal static class QueueText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    internal static (string Text, bool Base64) Decode(string raw)
    {
        try
        {
            return (Strict.GetString(Convert.FromBase64String(raw)), true);
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return (raw, false);
        }
    }

    internal static List<Fields> View(IEnumerable<Taken> messages) =>
    [
        .. messages.Select(message => Decode(message.Raw)).OrderBy(decoded => decoded.Text, StringComparer.Ordinal)
            .Select(decoded => new Fields { ["text"] = decoded.Text, ["base64"] = decoded.Base64 }),
    ];
}
