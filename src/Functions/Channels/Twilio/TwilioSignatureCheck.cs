using System.Collections.Specialized;
using System.Text;
using Twilio.Security;

namespace Relais.Channels.Twilio;

/// <summary>Checks the header X-Twilio-Signature with the validator of Twilio's SDK, for each URL that Twilio may have signed.</summary>
internal static class TwilioSignatureCheck
{
    public const string Header = "X-Twilio-Signature";

    private const string BodyHashParameter = "bodySHA256";

    /// <param name="signature">The value of the header; null: the request has none.</param>
    /// <param name="settings">The value of the header that selects a signature algorithm; null, as usual: the default algorithm.</param>
    /// <param name="urls">The URLs that Twilio may have called.</param>
    /// <param name="token">The auth token that the signature is checked with.</param>
    public static bool IsValid(string? signature, string? settings, IReadOnlyList<string> urls, WebhookRequest request, string token)
    {
        if (string.IsNullOrEmpty(signature))
        {
            return false;
        }

        var validator = new RequestValidator(token);
        var algorithm = RequestValidator.GetSignatureAlgorithm(settings);

        // Twilio signs the URL and the parameters of a form. For another body it signs the URL only, to which it adds a hash of the body.
        return urls.Any(url => Validates(() =>
            (request.IsForm && ValidatesForm(validator, url, request.Form, signature, algorithm))
            || (HasBodyHash(url) && validator.Validate(url, Encoding.UTF8.GetString(request.Body), signature, algorithm))
            || (request.Body.Length == 0 && validator.Validate(url, new Dictionary<string, string>(), signature, algorithm))));
    }

    private static bool ValidatesForm(
        RequestValidator validator, string url, IReadOnlyList<KeyValuePair<string, string>> form, string signature, string algorithm)
    {
        var byName = form.ToLookup(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        if (validator.Validate(url, byName.ToDictionary(values => values.Key, SignedValue, StringComparer.Ordinal), signature, algorithm))
        {
            return true;
        }

        if (byName.All(values => values.Count() == 1))
        {
            return false;
        }

        // The SDK's own way to read a repeated parameter joins its values with commas.
        var collection = new NameValueCollection(StringComparer.Ordinal);
        foreach (var (name, value) in form)
        {
            collection.Add(name, value);
        }

        return validator.Validate(url, collection, signature, algorithm);
    }

    /// <summary>
    /// The value of a parameter as Twilio signs it. Twilio signs a repeated parameter as its distinct values in order, each after the name.
    /// The validator writes the name once before the value, so the value contains the names between the values.
    /// </summary>
    private static string SignedValue(IGrouping<string, string> values) =>
        string.Join(values.Key, values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>Whether the URL contains a hash of the body. False if the hash has no value, because the validator throws then.</summary>
    private static bool HasBodyHash(string url)
    {
        var parameters = url.Split('?', 2) is [_, var query] ? query.Split('&') : [];
        return parameters.Any(parameter => parameter.StartsWith($"{BodyHashParameter}=", StringComparison.Ordinal))
            && !parameters.Contains(BodyHashParameter);
    }

    // A URL may contain the host of a forwarded header, which may be malformed: the validator then throws.
    private static bool Validates(Func<bool> validate)
    {
        try
        {
            return validate();
        }
        catch (Exception failure) when (failure is UriFormatException or ArgumentException)
        {
            return false;
        }
    }
}
