using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Relais.Platform;

namespace Relais.Access.Tenants;

/// <summary>Slugs to try for a tenant, the plain one first.</summary>
internal static partial class SlugCandidates
{
    private const int MaxLength = 40;
    private const int Tries = 5;

    public static IEnumerable<string> From(string name)
    {
        var plain = Others().Replace(UnaccentedText.RemoveAccents(name), "-").Trim('-');
        var cut = plain.Length > MaxLength ? plain[..MaxLength].TrimEnd('-') : plain;
        // an id as slug would stand for the tenant whose id it is
        var stem = cut.Length >= 2 && !Guid.TryParse(cut, out _) ? cut : "tenant";
        yield return stem;
        for (var next = 1; next < Tries; next++)
        {
            yield return $"{stem}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        }
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Others();
}
