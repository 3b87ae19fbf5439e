namespace Relais.Campaigns.Messages;

internal static class MessageLimits
{
    /// <summary>The provider's limit for both channels. WhatsApp itself allows 4,096 characters.</summary>
    public const int MaxTextLength = 1_600;
}
