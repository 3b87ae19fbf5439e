using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Relais.Platform;

namespace Relais.Access.Tenants;

/// <summary>Slugs to try for a tenant, the plain one first.</summary>
internal static partial class SlugName
{
    private const int Longest = 40;
    private const int Tries = 5;

    public static IEnumerable<string> From(string name)
    {
        var plain = Others().Replace(PlainText.Of(name), "-").Trim('-');
        var stem = (plain.Length > Longest ? plain[..Longest].TrimEnd('-') : plain) is { Length: >= 2 } enough ? enough : "tenant";
        yield return stem;
        for (var next = 1; next < Tries; next++)
        {
            yield return $"{stem}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        }
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Others();
}
