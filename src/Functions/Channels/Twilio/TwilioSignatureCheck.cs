using System.Collections.Specialized;
using System.Text;
using Twilio.Security;

namespace Relais.Channels.Twilio;

/// <summary>X-Twilio-Signature, judged by the validator of the published SDK for every URL that may have been signed. Pure.</summary>
internal static class TwilioSignatureCheck
{
    public const string Header = "X-Twilio-Signature";

    private const string BodyHash = "bodySHA256";

    /// <param name="signature">The header of the request.</param>
    /// <param name="settings">The header that names another algorithm than the usual one; as a rule it is absent.</param>
    public static bool IsValid(string? signature, string? settings, IReadOnlyList<string> urls, WebhookRequest request, string token)
    {
        if (string.IsNullOrEmpty(signature))
        {
            return false;
        }

        var validator = new RequestValidator(token);
        var algorithm = RequestValidator.GetSignatureAlgorithm(settings);
        return urls.Any(url => Validates(() =>
            (request.IsForm && ValidatesForm(validator, url, request.Form, signature, algorithm))
            || (HasBodyHash(url) && validator.Validate(url, Encoding.UTF8.GetString(request.Body), signature, algorithm))
            || (request.Body.Length == 0 && validator.Validate(url, new Dictionary<string, string>(), signature, algorithm))));
    }

    private static bool ValidatesForm(RequestValidator validator, string url, IReadOnlyList<KeyValuePair<string, string>> form, string signature, string algorithm)
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

        // the SDK's own reading of a repeated parameter joins its values with commas
        var collection = new NameValueCollection(StringComparer.Ordinal);
        foreach (var (name, value) in form)
        {
            collection.Add(name, value);
        }

        return validator.Validate(url, collection, signature, algorithm);
    }

    /// <summary>
    /// Twilio signs a repeated parameter as its distinct values in order, each after the name. The validator writes the name once and then the
    /// value, so the names between the values are part of the value here.
    /// </summary>
    private static string SignedValue(IGrouping<string, string> values) => string.Join(values.Key, values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>The validator cannot read a parameter of this name without a value.</summary>
    private static bool HasBodyHash(string url)
    {
        var parameters = url.Split('?', 2) is [_, var query] ? query.Split('&') : [];
        return parameters.Any(parameter => parameter.StartsWith($"{BodyHash}=", StringComparison.Ordinal)) && !parameters.Contains(BodyHash);
    }

    // the host of a forwarded header may be anything
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
