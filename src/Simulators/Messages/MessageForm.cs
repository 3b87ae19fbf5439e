using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Reads the form of POST Messages.json and checks everything that does not depend on the account or the sender.</summary>
internal sealed partial record MessageForm(string To, string From, string? ServiceSid, string Body)
{
    public string? StatusCallback { get; private init; }

    public string? ContentSid { get; private init; }

    public string? ContentVariables { get; private init; }

    public IReadOnlyList<string> MediaUrls { get; private init; } = [];

    public TimeSpan Validity { get; private init; }

    public DateTimeOffset? SendAt { get; private init; }

    public bool IsWhatsApp => To.StartsWith("whatsapp:", StringComparison.Ordinal);

    /// <returns>the request, or the error to answer with; exactly one of the two is null</returns>
    public static (MessageForm? Form, TwilioFault? Fault) Read(IFormCollection form, DateTimeOffset now)
    {
        string? Text(string name) =>
            form.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;
        var validity = int.TryParse(Text("ValidityPeriod") ?? "36000", NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : 0;
        var request = new MessageForm(Text("To") ?? "", Text("From") ?? "", Text("MessagingServiceSid"), Text("Body") ?? "")
        {
            StatusCallback = Text("StatusCallback"),
            ContentSid = Text("ContentSid"),
            ContentVariables = Text("ContentVariables"),
            MediaUrls = form.TryGetValue("MediaUrl", out var media) ? [.. media.OfType<string>()] : [],
            Validity = TimeSpan.FromSeconds(validity),
            SendAt = DateTimeOffset.TryParse(Text("SendAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var sendAt)
                ? sendAt
                : null,
        };
        var fault = request.CheckAddresses()
            ?? request.CheckContent()
            ?? request.CheckOptions()
            ?? request.CheckSchedule(Text("ScheduleType"), now);
        return fault is null ? (request, null) : (null, fault);
    }

    private TwilioFault? CheckAddresses()
    {
        if (To.Length == 0)
        {
            return TwilioFault.BadRequest(21604, "A 'To' phone number is required.");
        }

        if (From.Length == 0 && ServiceSid is null)
        {
            return TwilioFault.BadRequest(21603, "A 'From' phone number is required.");
        }

        if (!AddressPattern().IsMatch(To))
        {
            return TwilioFault.BadRequest(21211, $"Invalid 'To' Phone Number: {To}");
        }

        if (From.Length > 0 && !SenderPattern().IsMatch(From))
        {
            return TwilioFault.BadRequest(21212, $"Invalid From Number (caller ID): {From}");
        }

        return To == From ? TwilioFault.BadRequest(IsWhatsApp ? 63031 : 21211, "'To' and 'From' number cannot be the same") : null;
    }

    private TwilioFault? CheckContent()
    {
        if (ContentVariables is not null && ContentSid is null)
        {
            return TwilioFault.BadRequest(21654, "ContentVariables requires a ContentSid.");
        }

        if (ContentSid is not null && !ContentPattern().IsMatch(ContentSid))
        {
            return TwilioFault.BadRequest(21655, "The ContentSid is invalid.");
        }

        if (ContentVariables is not null && ContentTemplate.Variables(ContentVariables) is null)
        {
            return TwilioFault.BadRequest(21656, "The ContentVariables parameter is invalid.");
        }

        if (MediaUrls.Count > 10)
        {
            return TwilioFault.BadRequest(21623, "The number of media files exceeds the limit of 10.");
        }

        if (MediaUrls.FirstOrDefault(url => !IsHttp(url)) is { } invalidUrl)
        {
            return TwilioFault.BadRequest(21620, $"Invalid media URL: {invalidUrl}");
        }

        if (Body.Length == 0 && MediaUrls.Count == 0 && ContentSid is null)
        {
            return TwilioFault.BadRequest(21602, "Message body is required.");
        }

        return Body.Length > 1600
            ? TwilioFault.BadRequest(21617, "The concatenated message body exceeds the 1600 character limit")
            : null;
    }

    private TwilioFault? CheckOptions()
    {
        if (StatusCallback is not null
            && (StatusCallback.Length > 4000
                || !IsHttp(StatusCallback)
                || new Uri(StatusCallback).Host.Contains('_', StringComparison.Ordinal)))
        {
            return TwilioFault.BadRequest(21609, "The 'StatusCallback' URL is not a valid URL.");
        }

        return Validity.TotalSeconds is < 1 or > 36000
            ? TwilioFault.BadRequest(21624, "The ValidityPeriod is invalid.")
            : null;
    }

    private TwilioFault? CheckSchedule(string? type, DateTimeOffset now)
    {
        if (type is null)
        {
            return null;
        }

        if (SendAt is not { } sendAt)
        {
            return TwilioFault.BadRequest(35111, "SendAt is required to schedule a message.");
        }

        if (ServiceSid is null)
        {
            return TwilioFault.BadRequest(35118, "MessagingServiceSid is required to schedule a message.");
        }

        return sendAt - now < TimeSpan.FromSeconds(300) || sendAt - now > TimeSpan.FromDays(35)
            ? TwilioFault.BadRequest(35114, "SendAt must be more than 5 minutes and at most 35 days ahead.")
            : null;
    }

    private static bool IsHttp(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    [GeneratedRegex(@"^(whatsapp:)?\+[1-9]\d{6,14}$")]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"^((whatsapp:)?\+[1-9]\d{6,14}|\d{5,6}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$")]
    private static partial Regex SenderPattern();

    [GeneratedRegex("^HX[0-9a-fA-F]{32}$")]
    private static partial Regex ContentPattern();
}
