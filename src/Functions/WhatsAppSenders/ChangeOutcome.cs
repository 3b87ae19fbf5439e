using Relais.Channels;

namespace Relais.WhatsAppSenders;

/// <summary>What became of a change at the provider, for the audit trail.</summary>
/// <param name="Outcome">accepted, refused, or unknown: no answer came, it may have been made.</param>
/// <param name="Code">Why not.</param>
/// <param name="Verified">What was set was seen to be held; null: nobody looked.</param>
internal sealed record ChangeOutcome(string Outcome, string? Code = null, bool? Verified = null)
{
    public static ChangeOutcome From(ProviderResult<WhatsAppSender> changed) => changed.Failure is { } failure
        ? new ChangeOutcome(failure.Kind == ProviderFailureKind.Unknown ? "unknown" : "refused", failure.Code)
        : new ChangeOutcome("accepted");
}
