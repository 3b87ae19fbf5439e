using System.Globalization;
using Relais.Platform.Http;

namespace Relais.Channels.Twilio;

/// <summary>Reads the location that an inbound message shares. Coordinates that are not valid are kept as they were written.</summary>
internal static class InboundLocation
{
    /// <summary>The JSON object that is stored in messages.location.</summary>
    /// <param name="Latitude">Null unless both coordinates are valid.</param>
    /// <param name="WrittenLatitude">The latitude as it was written, if the coordinates are not valid; null otherwise.</param>
    internal sealed record Stored(
        double? Latitude, double? Longitude, string? Address, string? Label, string? WrittenLatitude, string? WrittenLongitude);

    /// <returns>JSON; null: the message shares no location.</returns>
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
        return Json.Write(isPoint
            ? new Stored(north, east, address, label, null, null)
            : new Stored(null, null, address, label, latitude, longitude));
    }

    private static string? Text(IReadOnlyDictionary<string, string> fields, string name) =>
        fields.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;

    private static double? Coordinate(string? text, double max) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees) && Math.Abs(degrees) <= max
            ? degrees
            : null;
}
