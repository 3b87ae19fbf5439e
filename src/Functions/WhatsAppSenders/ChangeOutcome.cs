using Relais.Channels;

namespace Relais.WhatsAppSenders;

/// <summary>The outcome of a change at the provider, for the audit trail.</summary>
/// <param name="Outcome">accepted, refused, or unknown: the response was lost, so the provider may have made the change.</param>
/// <param name="Code">The provider's error code; null when the change was accepted.</param>
/// <param name="Verified">True when the provider returned the new values afterwards; null when this was not checked.</param>
internal sealed record ChangeOutcome(string Outcome, string? Code = null, bool? Verified = null)
{
    public static ChangeOutcome From(ProviderResult<WhatsAppSender> changed) => changed.Failure is { } failure
        ? new ChangeOutcome(failure.Kind == ProviderFailureKind.Unknown ? "unknown" : "refused", failure.Code)
        : new ChangeOutcome("accepted");
}
