using System.Text.RegularExpressions;

namespace Relais.Platform;

/// <summary>E.164 text such as +224620000000.</summary>
internal static partial class PhoneNumber
{
    public static bool IsE164(string? text) => text is not null && E164().IsMatch(text);

    /// <summary>For logs: only the last two digits stay.</summary>
    public static string Mask(string? number) => number is { Length: > 2 } ? $"…{number[^2..]}" : "…";

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex E164();
}
