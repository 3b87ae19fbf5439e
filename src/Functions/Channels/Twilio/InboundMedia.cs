using System.Globalization;
using System.Text.Json;

namespace Relais.Channels.Twilio;

/// <summary>The media list of an inbound message, as URLs and types; nothing is fetched.</summary>
internal static class InboundMedia
{
    private const int MaxMedia = 10;

    /// <returns>JSON [{url, contentType}], or null when there is none.</returns>
    public static string? Read(IReadOnlyDictionary<string, string> fields)
    {
        if (!int.TryParse(fields.GetValueOrDefault("NumMedia"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            return null;
        }

        var media = Enumerable.Range(0, Math.Min(count, MaxMedia))
            .Where(n => fields.ContainsKey($"MediaUrl{n}"))
            .Select(n => new { url = fields[$"MediaUrl{n}"], contentType = fields.GetValueOrDefault($"MediaContentType{n}") });
        return JsonSerializer.Serialize(media);
    }
}
