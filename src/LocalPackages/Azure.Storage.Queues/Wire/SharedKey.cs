using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Azure.Storage.Queues.Wire;

/// <summary>The SharedKey authorization of the Blob and Queue services (2015-02-21 and later: a length of zero is signed as empty).</summary>
internal static class SharedKey
{
    public static void Sign(HttpRequestMessage request, StorageAccount account)
    {
        if (account.Key is null)
        {
            return;
        }

        var signature = Convert.ToBase64String(HMACSHA256.HashData(account.Key, Encoding.UTF8.GetBytes(StringToSign(request, account.Name))));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{account.Name}:{signature}");
    }

    internal static string StringToSign(HttpRequestMessage request, string account)
    {
        var content = request.Content?.Headers;
        var length = content?.ContentLength is > 0 and var n ? n.ToString(CultureInfo.InvariantCulture) : "";
        var text = new StringBuilder()
            .Append(request.Method.Method).Append('\n')
            .Append("\n\n")                               // Content-Encoding, Content-Language
            .Append(length).Append('\n')
            .Append('\n')                                 // Content-MD5
            .Append(content?.ContentType?.ToString()).Append('\n')
            .Append("\n\n\n\n\n\n");                      // Date (x-ms-date instead), conditions, Range
        AppendHeaders(text, request.Headers);
        AppendResource(text, request.RequestUri!, account);
        return text.ToString();
    }

    private static void AppendHeaders(StringBuilder text, HttpRequestHeaders headers)
    {
        var ours = headers.Select(header => (Name: header.Key.ToLowerInvariant(), Value: string.Join(",", header.Value)))
            .Where(header => header.Name.StartsWith("x-ms-", StringComparison.Ordinal))
            .OrderBy(header => header.Name, StringComparer.Ordinal);
        foreach (var (name, value) in ours)
        {
            text.Append(name).Append(':').Append(value).Append('\n');
        }
    }

    private static void AppendResource(StringBuilder text, Uri uri, string account)
    {
        text.Append('/').Append(account).Append(uri.AbsolutePath);
        var parameters = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: Uri.UnescapeDataString(pair[0]).ToLowerInvariant(), Value: Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "")))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            text.Append('\n').Append(name).Append(':').Append(value);
        }
    }
}
