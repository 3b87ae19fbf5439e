using System.Globalization;
using System.Text.Json;

namespace Relais.Channels.Twilio;

/// <summary>Reads the URLs and content types of an inbound message's media. The media are not downloaded.</summary>
internal static class InboundMedia
{
    private const int MaxMedia = 10;

    /// <returns>JSON [{url, contentType}]; null: the message has no media.</returns>
    public static string? Read(IReadOnlyDictionary<string, string> fields)
    {
        var numMedia = fields.GetValueOrDefault("NumMedia");
        if (!int.TryParse(numMedia, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            return null;
        }

        var media = Enumerable.Range(0, Math.Min(count, MaxMedia))
            .Where(n => fields.ContainsKey($"MediaUrl{n}"))
            .Select(n => new { url = fields[$"MediaUrl{n}"], contentType = fields.GetValueOrDefault($"MediaContentType{n}") });
        return JsonSerializer.Serialize(media);
    }
}
