using Relais.Platform;

namespace Relais.Privacy;

internal static class PrivacyFailures
{
    public static Failure ContactNotFound() => new(FailureKind.NotFound, "contact_not_found", "There is no such contact.");

    public static Failure HashKeyMissing() =>
        new(
            FailureKind.Conflict,
            "hash_key_missing",
            "The setting Privacy__HashKey is missing. Without it the opt-outs of erased persons would be lost. " +
            "Ask the operator of this installation to set it.");

    public static Failure ErasureBlocked() =>
        new(
            FailureKind.Conflict,
            "people_busy",
            "An import or another erasure blocked this erasure. Repeat the request: the erasure continues where it stopped.");
}
