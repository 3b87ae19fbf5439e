using System.Text.RegularExpressions;

namespace Relais.Platform;

/// <summary>Checks and masks phone numbers in E.164 form, such as +224620000000.</summary>
internal static partial class PhoneNumber
{
    public static bool IsE164(string? text) => text is not null && E164().IsMatch(text);

    /// <summary>Hides all digits but the last two, for logs.</summary>
    public static string Mask(string? number) => number is { Length: > 2 } ? $"…{number[^2..]}" : "…";

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex E164();
}
