using Relais.Platform;
using Relais.Platform.Http;
using Relais.Sending;

namespace Relais.Campaigns.Messages;

/// <summary>Renders one message of a campaign for each contact. Pure; created once for a page of contacts.</summary>
internal sealed class MessageRenderer
{
    private readonly MessageContent content;
    private readonly string channel;
    private readonly TextTemplate? text;
    private readonly Dictionary<string, (Placeholder? Field, string? Value)> variables;

    public MessageRenderer(MessageContent content, string channel)
    {
        this.content = content;
        this.channel = channel;
        text = content.Type == MessageContent.Text ? TextTemplate.Parse(content.Body ?? "") : null;
        variables = (content.Variables ?? new Dictionary<string, TemplateVariable>()).ToDictionary(
            variable => variable.Key,
            variable => (variable.Value.Field is { } field ? Placeholder.Parse(field) : null, variable.Value.Value),
            StringComparer.Ordinal);
        FieldNames = (text?.Placeholders ?? variables.Values.Select(variable => variable.Field).OfType<Placeholder>())
            .Select(placeholder => placeholder.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The contact fields that the message uses.</summary>
    public IReadOnlySet<string> FieldNames { get; }

    public RenderedMessage Render(IReadOnlyDictionary<string, string> values) =>
        text is null ? RenderTemplate(values) : RenderText(text, values);

    private RenderedMessage RenderText(TextTemplate template, IReadOnlyDictionary<string, string> values)
    {
        var body = template.Render(values, out var missing);
        return body is null ? RenderedMessage.Failed($"missing_variable:{missing}")
            : string.IsNullOrWhiteSpace(body) ? RenderedMessage.Failed("text_empty")
            : body.Length > MessageLimits.MaxTextLength ? RenderedMessage.Failed("text_too_long")
            : new RenderedMessage(body, null, null, channel == MessageChannel.Sms ? SmsSegments.Count(body) : 1);
    }

    private RenderedMessage RenderTemplate(IReadOnlyDictionary<string, string> values)
    {
        var filled = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, (field, value)) in variables)
        {
            var text = field is null ? value : field.Resolve(values);
            if (text is null)
            {
                return RenderedMessage.Failed($"missing_variable:{field?.Name ?? key}");
            }

            filled.Add(key, text);
        }

        return new RenderedMessage(null, content.ContentSid, Json.Write(filled), 1);
    }
}
