using System.Text.RegularExpressions;
using Relais.Campaigns.Messages;
using Relais.Platform;

namespace Relais.Campaigns;

/// <summary>Checks a request to create a campaign. Pure.</summary>
internal sealed partial class CampaignValidation
{
    private const int MaxContacts = 10_000;
    private const int MaxTags = 50;
    private readonly Dictionary<string, List<string>> faults = [];

    /// <param name="request">The body as it was sent.</param>
    /// <param name="channel">The channel of the sender; null when the tenant has no such sender.</param>
    /// <param name="now">The time of the request.</param>
    /// <returns>The faults by path in the body; empty when the request is valid.</returns>
    public static IReadOnlyDictionary<string, string[]> Validate(CampaignRequest request, string? channel, DateTimeOffset now)
    {
        var check = new CampaignValidation();
        check.CheckName(request.Name);
        check.Check("senderId", request.SenderId is not null, "is required");
        check.Check("senderId", request.SenderId is null || channel is not null, "is not an active sender of this tenant");
        check.CheckAudience(request.Audience);
        check.CheckMessage("message1", request.Message1, channel, required: true);
        check.CheckMessage("message2", request.Message2, channel, required: false);
        check.CheckTimes(request, now);
        return check.faults.ToDictionary(fault => fault.Key, fault => fault.Value.ToArray());
    }

    private void CheckName(string? name)
    {
        Check("name", !string.IsNullOrWhiteSpace(name), "is required");
        Check("name", name is not { Length: > 200 }, "must have at most 200 characters");
    }

    private void CheckAudience(Audience? audience)
    {
        if (audience is null)
        {
            Check("audience", false, "is required");
            return;
        }

        var count = new object?[] { audience.Tags, audience.ContactIds, audience.ImportId }.Count(part => part is not null);
        Check("audience", count == 1, "must have exactly one of tags, contactIds and importId");
        Check("audience.tags", audience.Tags is not { Count: 0 or > MaxTags }, $"must have 1 to {MaxTags} tags");
        Check("audience.tags", audience.Tags?.Any(string.IsNullOrWhiteSpace) != true, "must not have an empty tag");
        Check("audience.contactIds", audience.ContactIds is not { Count: 0 or > MaxContacts }, $"must have 1 to {MaxContacts} ids");
    }

    private void CheckMessage(string path, MessageContent? message, string? channel, bool required)
    {
        if (message is null)
        {
            Check(path, !required, "is required");
            return;
        }

        switch (message.Type)
        {
            case MessageContent.Text:
                CheckText(path, message, channel);
                break;
            case MessageContent.Template:
                CheckTemplate(path, message, channel);
                break;
            default:
                Check($"{path}.type", false, "must be \"text\" or \"template\"");
                break;
        }
    }

    private void CheckText(string path, MessageContent message, string? channel)
    {
        Check($"{path}.contentSid", message.ContentSid is null, "belongs to a template, not to a text");
        Check($"{path}.variables", message.Variables is null, "belongs to a template, not to a text");
        Check($"{path}.body", !string.IsNullOrWhiteSpace(message.Body), "is required");
        Check(
            $"{path}.body",
            message.Body is null || message.Body.Length <= MessageLimits.MaxTextLength,
            $"must have at most {MessageLimits.MaxTextLength} characters");
        foreach (var fault in TextTemplate.Parse(message.Body ?? "").Faults)
        {
            Check($"{path}.body", false, fault);
        }
    }

    private void CheckTemplate(string path, MessageContent message, string? channel)
    {
        Check($"{path}.type", channel != MessageChannel.Sms, "must be \"text\" for an SMS sender");
        Check($"{path}.body", message.Body is null, "belongs to a text, not to a template");
        Check($"{path}.contentSid", message.ContentSid is not null, "is required");
        Check(
            $"{path}.contentSid",
            message.ContentSid is null || ContentSid().IsMatch(message.ContentSid),
            "must be HX and 32 hexadecimal digits");
        foreach (var (key, variable) in message.Variables ?? new Dictionary<string, TemplateVariable>())
        {
            Check($"{path}.variables.{key}", VariableKey().IsMatch(key), "must have a name of at most 32 letters, digits and underscores");
            Check($"{path}.variables.{key}", variable.Field is null || Placeholder.Parse(variable.Field) is not null, "must name a field");
            Check($"{path}.variables.{key}", variable.Field is not null || !string.IsNullOrEmpty(variable.Value), "must not be empty");
        }
    }

    private void CheckTimes(CampaignRequest request, DateTimeOffset now)
    {
        Check(
            "timeZone",
            request.TimeZone is null || TimeZoneInfo.TryFindSystemTimeZoneById(request.TimeZone, out _),
            "must be a time zone such as Africa/Conakry");
        Check("hoursTo", request.HoursFrom is null == request.HoursTo is null, "must be set together with hoursFrom");
        Check(
            "hoursTo",
            request.HoursFrom is null || request.HoursTo is null || request.HoursTo != request.HoursFrom,
            "must differ from hoursFrom");
        Check("expiresAt", request.ExpiresAt is null || request.ExpiresAt > now, "must be in the future");
        Check(
            "expiresAt",
            request.ExpiresAt is null || request.ScheduledAt is null || request.ExpiresAt > request.ScheduledAt,
            "must be after scheduledAt");
        Check("scheduledAt", request.ScheduledAt is null || request.ScheduledAt < now.AddYears(1), "must be within a year");
        Check("replyWindowHours", request.ReplyWindowHours is null or (>= 1 and <= 168), "must be from 1 to 168");
    }

    private void Check(string path, bool isValid, string fault)
    {
        if (isValid)
        {
            return;
        }

        if (!faults.TryGetValue(path, out var list))
        {
            faults.Add(path, list = []);
        }

        list.Add(fault);
    }

    [GeneratedRegex(@"^HX[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ContentSid();

    [GeneratedRegex(@"^[A-Za-z0-9_]{1,32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableKey();
}
