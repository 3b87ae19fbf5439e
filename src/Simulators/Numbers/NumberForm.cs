using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Applies the form of a purchase or an update to a number. Absent fields stay unchanged; empty fields are cleared.</summary>
internal static partial class NumberForm
{
    private const int MaxNameLength = 64;
    private static readonly string[] UrlFields = ["SmsUrl", "SmsFallbackUrl", "StatusCallback", "VoiceUrl", "VoiceFallbackUrl"];
    private static readonly string[] MethodFields = ["SmsMethod", "SmsFallbackMethod", "StatusCallbackMethod", "VoiceMethod"];

    /// <returns>the changed number, and the error to answer with when the form is not valid</returns>
    public static (SimulatedNumber Number, TwilioFault? Fault) Apply(SimulatedNumber number, IFormCollection form)
    {
        string Text(string name, string present) => form.TryGetValue(name, out var value) ? value.ToString() : present;
        var changed = number with
        {
            FriendlyName = Text("FriendlyName", number.FriendlyName),
            SmsUrl = Text("SmsUrl", number.SmsUrl),
            SmsMethod = Text("SmsMethod", number.SmsMethod).ToUpperInvariant(),
            SmsFallbackUrl = Text("SmsFallbackUrl", number.SmsFallbackUrl),
            SmsFallbackMethod = Text("SmsFallbackMethod", number.SmsFallbackMethod).ToUpperInvariant(),
            SmsApplicationSid = Text("SmsApplicationSid", number.SmsApplicationSid),
            StatusCallback = Text("StatusCallback", number.StatusCallback),
            StatusCallbackMethod = Text("StatusCallbackMethod", number.StatusCallbackMethod).ToUpperInvariant(),
            VoiceUrl = Text("VoiceUrl", number.VoiceUrl),
            VoiceMethod = Text("VoiceMethod", number.VoiceMethod).ToUpperInvariant(),
            VoiceFallbackUrl = Text("VoiceFallbackUrl", number.VoiceFallbackUrl),
            AddressSid = Text("AddressSid", number.AddressSid ?? "") is { Length: > 0 } address ? address : null,
            BundleSid = Text("BundleSid", number.BundleSid ?? "") is { Length: > 0 } bundle ? bundle : null,
            IdentitySid = Text("IdentitySid", number.IdentitySid ?? "") is { Length: > 0 } identity ? identity : null,
        };
        return (changed, Validate(changed, form));
    }

    private static TwilioFault? Validate(SimulatedNumber number, IFormCollection form)
    {
        if (UrlFields.FirstOrDefault(name => form[name].ToString() is { Length: > 0 } url && !IsUrl(url)) is { } urlField)
        {
            return TwilioFault.BadRequest(21402, $"{urlField} is not a valid URL: {form[urlField]}");
        }

        var invalidMethod = MethodFields.FirstOrDefault(name =>
            form[name].ToString() is { Length: > 0 } method && method.ToUpperInvariant() is not ("GET" or "POST"));
        if (invalidMethod is not null)
        {
            return TwilioFault.BadRequest(21403, $"{invalidMethod} is not a valid method: {form[invalidMethod]}");
        }

        if (number.SmsFallbackUrl.Length > 0 && number.SmsUrl.Length == 0)
        {
            return TwilioFault.BadRequest(21406, "SmsFallbackUrl cannot be set without SmsUrl");
        }

        if (number.SmsApplicationSid.Length > 0 && !ApplicationSid().IsMatch(number.SmsApplicationSid))
        {
            return TwilioFault.BadRequest(21218, $"Invalid ApplicationSid: {number.SmsApplicationSid}");
        }

        return number.FriendlyName.Length > MaxNameLength
            ? TwilioFault.BadRequest(20422, "FriendlyName is longer than 64 characters")
            : null;
    }

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0;

    [GeneratedRegex("^AP[0-9a-fA-F]{32}$")]
    private static partial Regex ApplicationSid();
}
