using System.Collections.Specialized;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Twilio.Security;

public class RequestValidator
{
    private readonly byte[] _secret;

    public RequestValidator(string secret) => _secret = Encoding.UTF8.GetBytes(secret);

    public bool Validate(string url, NameValueCollection parameters, string expected)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var dictionary = new Dictionary<string, string>();
        foreach (var key in parameters.AllKeys)
        {
            dictionary.Add(key, parameters[key]);
        }

        return Validate(url, dictionary, expected);
    }

    public bool Validate(string url, IDictionary<string, string> parameters, string expected)
    {
        RequireText(url, nameof(url));
        RequireText(expected, nameof(expected));
        var tail = Joined(parameters);
        return IsEqual(Sign(url + tail), expected) || IsEqual(Sign(OtherPort(url) + tail), expected);
    }

    public bool Validate(string url, string body, string expected)
    {
        RequireText(url, nameof(url));
        RequireText(expected, nameof(expected));
        var hash = new Uri(url, UriKind.Absolute).Query.TrimStart('?').Split('&')
            .Select(pair => pair.Split('=')).LastOrDefault(pair => pair[0] == "bodySHA256");
        return Validate(url, (IDictionary<string, string>)null, expected)
            && ValidateBody(body, hash is null ? "" : Uri.UnescapeDataString(hash[1]));
    }

    public static bool ValidateBody(string rawBody, string expected) =>
        IsEqual(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rawBody))), expected);

    private static string Joined(IDictionary<string, string> parameters) => parameters is null
        ? ""
        : string.Concat(parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + pair.Value));

    [SuppressMessage("Security", "CA5350", Justification = "Twilio signs with HMAC-SHA1.")]
    private string Sign(string text) => Convert.ToBase64String(HMACSHA1.HashData(_secret, Encoding.UTF8.GetBytes(text)));

    // Twilio signs with or without the port, so both count: a default port is added, another one taken away.
    // Scheme and host keep the case in which they were given.
    private static string OtherPort(string url)
    {
        var uri = new Uri(url);
        var builder = new UriBuilder(uri);
        if (uri.GetComponents(UriComponents.Port, UriFormat.UriEscaped).Length > 0)
        {
            builder.Port = -1;
        }

        return AsGiven(AsGiven(builder.ToString(), url, uri.Host), url, uri.Scheme);
    }

    private static string AsGiven(string text, string url, string part) =>
        text.Replace(part, url.Substring(url.IndexOf(part, StringComparison.OrdinalIgnoreCase), part.Length), StringComparison.Ordinal);

    private static bool IsEqual(string a, string b) =>
        b is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private static void RequireText(string value, string name)
    {
        if (string.IsNullOrEmpty(value))
        {
            throw new ArgumentException($"Parameter '{name}' cannot be null or empty.", name);
        }
    }
}
