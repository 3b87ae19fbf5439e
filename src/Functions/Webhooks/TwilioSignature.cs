using System.Security.Cryptography;
using System.Text;

namespace Relais.Webhooks;

/// <summary>
/// X-Twilio-Signature, pure. Form bodies: HMAC-SHA1 over URL and sorted parameters, the distinct values of a repeated key each
/// once in order. Other bodies: over the URL alone, whose bodySHA256 must be that of the bytes received.
/// </summary>
internal static class TwilioSignature
{
    private const string BodyHash = "bodySHA256";

    /// <param name="urls">Every form the called URL may have had, most likely first.</param>
    public static bool IsValid(
        string? signature, IEnumerable<string> urls, IReadOnlyList<KeyValuePair<string, string>> form, ReadOnlySpan<byte> body, string? bodyHash, string token)
    {
        if (string.IsNullOrEmpty(signature))
        {
            return false;
        }

        if (bodyHash is not null && !Same(bodyHash, Convert.ToHexStringLower(SHA256.HashData(body))))
        {
            return false;
        }

        var parameters = bodyHash is null ? Concatenate(form) : "";
        var key = Encoding.UTF8.GetBytes(token);
        var matched = false;
        foreach (var url in urls.SelectMany(WithAndWithoutPort))
        {
            matched |= Same(signature, Convert.ToBase64String(HMACSHA1.HashData(key, Encoding.UTF8.GetBytes(url + parameters))));
        }

        return matched;
    }

    public static string Sign(string url, IReadOnlyList<KeyValuePair<string, string>> form, string token) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(url + Concatenate(form))));

    public static string? BodyHashOf(IEnumerable<KeyValuePair<string, string>> query) =>
        query.Where(pair => pair.Key == BodyHash).Select(pair => pair.Value).FirstOrDefault();

    private static string Concatenate(IReadOnlyList<KeyValuePair<string, string>> form)
    {
        var text = new StringBuilder();
        foreach (var group in form.GroupBy(pair => pair.Key, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            foreach (var value in group.Select(pair => pair.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                text.Append(group.Key).Append(value);
            }
        }

        return text.ToString();
    }

    // Twilio is not consistent about naming the default port in what it signs
    private static IEnumerable<string> WithAndWithoutPort(string url)
    {
        yield return url;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || !uri.IsDefaultPort)
        {
            yield break;
        }

        var authorityStart = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var authorityEnd = url.IndexOfAny(['/', '?', '#'], authorityStart);
        var authority = authorityEnd < 0 ? url[authorityStart..] : url[authorityStart..authorityEnd];
        var suffix = $":{uri.Port}";
        yield return authority.EndsWith(suffix, StringComparison.Ordinal)
            ? url.Remove(authorityStart + authority.Length - suffix.Length, suffix.Length)
            : url.Insert(authorityStart + authority.Length, suffix);
    }

    private static bool Same(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
