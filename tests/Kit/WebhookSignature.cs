using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Relais.Kit;

/// <summary>
/// Signs webhooks as Twilio does: the URL, then each parameter in the order of its name. A repeated parameter appears once for each of its
/// values, in order.
/// </summary>
public static class WebhookSignature
{
    public static string Of(string url, IEnumerable<KeyValuePair<string, string>> form, string token)
    {
        var text = new StringBuilder(url);
        foreach (var values in form.GroupBy(
            pair => pair.Key, pair => pair.Value, StringComparer.Ordinal).OrderBy(values => values.Key, StringComparer.Ordinal))
        {
            foreach (var value in values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                text.Append(values.Key).Append(value);
            }
        }

        return OfText(text.ToString(), token);
    }

    [SuppressMessage("Security", "CA5350", Justification = "Twilio signs with HMAC-SHA1.")]
    public static string OfText(string text, string token) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(text)));
}
