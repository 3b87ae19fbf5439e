using System.Globalization;

namespace Relais.Simulators;

/// <summary>Formats times as the 2010 API does: "Thu, 01 Jan 2026 00:00:00 +0000".</summary>
internal static class Rfc2822
{
    public static string Of(DateTimeOffset time) =>
        time.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
}
