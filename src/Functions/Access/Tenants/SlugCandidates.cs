using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Relais.Platform;

namespace Relais.Access.Tenants;

/// <summary>
/// Makes slugs from the name of a tenant: first the plain slug, then the same with random suffixes, in case the plain slug is taken.
/// </summary>
internal static partial class SlugCandidates
{
    private const int MaxLength = 40;
    private const int MaxCandidates = 5;

    public static IEnumerable<string> From(string name)
    {
        var plain = InvalidCharacters().Replace(UnaccentedText.RemoveAccents(name), "-").Trim('-');
        var shortened = plain.Length > MaxLength ? plain[..MaxLength].TrimEnd('-') : plain;
        // X-Tenant accepts an id or a slug, so a slug that is a UUID would name the tenant with that id.
        var stem = shortened.Length >= 2 && !Guid.TryParse(shortened, out _) ? shortened : "tenant";
        yield return stem;
        for (var number = 1; number < MaxCandidates; number++)
        {
            yield return $"{stem}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        }
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex InvalidCharacters();
}
