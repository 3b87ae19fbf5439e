namespace Relais.Campaigns.Messages;

/// <summary>The message for one recipient; or, with all contents null, the reason why it could not be rendered.</summary>
/// <param name="Body">The text; null for a template.</param>
/// <param name="ContentSid">The SID of the template; null for a text.</param>
/// <param name="ContentVariables">The variables of the template as JSON; null for a text.</param>
/// <param name="Units">The number of SMS segments; 1 on other channels.</param>
/// <param name="Fault">Null when the message was rendered.</param>
internal sealed record RenderedMessage(string? Body, string? ContentSid, string? ContentVariables, int Units, string? Fault = null)
{
    public static RenderedMessage Failed(string fault) => new(null, null, null, 0, fault);
}
