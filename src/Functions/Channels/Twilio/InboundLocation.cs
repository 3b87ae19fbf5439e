using System.Globalization;
using Relais.Platform.Http;

namespace Relais.Channels.Twilio;

/// <summary>The place that an inbound message shares. Coordinates that are none stay as they were written.</summary>
internal static class InboundLocation
{
    /// <summary>As it is stored in messages.location.</summary>
    /// <param name="Latitude">Null: what was written is no latitude, or only half of the coordinates are good.</param>
    /// <param name="WrittenLatitude">What was written, when it is no coordinate.</param>
    internal sealed record Stored(double? Latitude, double? Longitude, string? Address, string? Label, string? WrittenLatitude, string? WrittenLongitude);

    /// <returns>JSON, or null when the message shares no place.</returns>
    public static string? Read(IReadOnlyDictionary<string, string> fields)
    {
        var (latitude, longitude) = (Text(fields, "Latitude"), Text(fields, "Longitude"));
        var (address, label) = (Text(fields, "Address"), Text(fields, "Label"));
        if ((latitude, longitude, address, label) is (null, null, null, null))
        {
            return null;
        }

        var (north, east) = (Coordinate(latitude, 90), Coordinate(longitude, 180));
        var isPoint = north is not null && east is not null;
        return Json.Write(new Stored(isPoint ? north : null, isPoint ? east : null, address, label, isPoint ? null : latitude, isPoint ? null : longitude));
    }

    private static string? Text(IReadOnlyDictionary<string, string> fields, string name) =>
        fields.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;

    private static double? Coordinate(string? text, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees) && Math.Abs(degrees) <= most ? degrees : null;
}
