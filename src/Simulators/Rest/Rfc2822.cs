using System.Globalization;

namespace Relais.Simulators;

internal static class Rfc2822
{
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
}
