using Relais.Campaigns.Messages;
using Relais.Platform.Http;

namespace Relais.Campaigns.Run;

/// <summary>A recipient with the message that was made for them, or the reason why there is none.</summary>
internal sealed record RecipientDraft(Guid ContactId, string Address, string Variables, string? SkippedReason, Guid? MessageId, RenderedMessage? Message)
{
    public static List<RecipientDraft> For(FreezeRecipients.CampaignToFreeze plan, IEnumerable<AudienceContact> contacts, DateTimeOffset now)
    {
        var message1 = new MessageRenderer(Json.Read<MessageContent>(plan.Message1), plan.Channel);
        var message2 = plan.Message2 is null ? null : new MessageRenderer(Json.Read<MessageContent>(plan.Message2), plan.Channel);
        return [.. contacts.Select(contact => For(contact, message1, message2, now))];
    }

    private static RecipientDraft For(AudienceContact contact, MessageRenderer message1, MessageRenderer? message2, DateTimeOffset now)
    {
        if (contact.Phone is null || contact.Suppressed)
        {
            return Skipped(contact, contact.Phone is null ? "no_phone" : "opted_out");
        }

        var values = contact.Values();
        var first = message1.Render(values);
        // Message 2 goes out by itself later: what would stop it is found now
        var fault = first.Fault ?? message2?.Render(values).Fault;
        if (fault is not null)
        {
            return Skipped(contact, fault);
        }

        var used = values.Where(value => message1.FieldNames.Contains(value.Key) || message2?.FieldNames.Contains(value.Key) == true);
        var variables = Json.Write(used.ToDictionary(value => value.Key, value => value.Value, StringComparer.Ordinal));
        return new RecipientDraft(contact.Id, contact.Phone, variables, null, Guid.CreateVersion7(now), first);
    }

    private static RecipientDraft Skipped(AudienceContact contact, string reason) => new(contact.Id, contact.Phone ?? "", "{}", reason, null, null);
}
