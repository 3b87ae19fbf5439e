using Relais.Campaigns.Messages;
using Relais.Platform.Http;

namespace Relais.Campaigns.Run;

/// <summary>A recipient with the rendered Message 1, or with the reason why the recipient is skipped.</summary>
/// <param name="Address">The phone number; empty when the contact has none.</param>
/// <param name="Variables">The values that both messages use, as JSON. Message 2 is rendered with them later.</param>
/// <param name="SkippedReason">Null when the message was rendered.</param>
/// <param name="MessageId">The id of the message; null when the recipient is skipped.</param>
/// <param name="Message">The rendered message; null when the recipient is skipped.</param>
internal sealed record RecipientDraft(
    Guid ContactId, string Address, string Variables, string? SkippedReason, Guid? MessageId, RenderedMessage? Message)
{
    public static List<RecipientDraft> CreateAll(
        FreezeRecipients.CampaignToFreeze campaign, IEnumerable<AudienceContact> contacts, DateTimeOffset now)
    {
        var message1 = new MessageRenderer(Json.Read<MessageContent>(campaign.Message1), campaign.Channel);
        var message2 = campaign.Message2 is null
            ? null
            : new MessageRenderer(Json.Read<MessageContent>(campaign.Message2), campaign.Channel);
        return [.. contacts.Select(contact => Create(contact, message1, message2, now))];
    }

    private static RecipientDraft Create(AudienceContact contact, MessageRenderer message1, MessageRenderer? message2, DateTimeOffset now)
    {
        if (contact.Phone is null || contact.Suppressed)
        {
            return Skipped(contact, contact.Phone is null ? "no_phone" : "opted_out");
        }

        var values = contact.Values();
        var rendered = message1.Render(values);
        // Message 2 is sent automatically after a reply, so a contact for whom it cannot be rendered is skipped now.
        var fault = rendered.Fault ?? message2?.Render(values).Fault;
        if (fault is not null)
        {
            return Skipped(contact, fault);
        }

        var usedValues = values.Where(value => message1.FieldNames.Contains(value.Key) || message2?.FieldNames.Contains(value.Key) == true);
        var variables = Json.Write(usedValues.ToDictionary(value => value.Key, value => value.Value, StringComparer.Ordinal));
        return new RecipientDraft(contact.Id, contact.Phone, variables, null, Guid.CreateVersion7(now), rendered);
    }

    private static RecipientDraft Skipped(AudienceContact contact, string reason) =>
        new(contact.Id, contact.Phone ?? "", "{}", reason, null, null);
}
