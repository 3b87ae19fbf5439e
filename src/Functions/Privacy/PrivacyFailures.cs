using Relais.Platform;

namespace Relais.Privacy;

internal static class PrivacyFailures
{
    public static Failure ContactNotFound() => new(FailureKind.NotFound, "contact_not_found", "There is no such contact.");

    public static Failure NoKey() =>
        new(FailureKind.Conflict, "hash_key_missing", "This installation has no Privacy__HashKey: without it the STOP of an erased person would be forgotten. Ask whoever runs it to set one.");

    public static Failure ErasureBlocked() =>
        new(FailureKind.Conflict, "people_busy", "An import or another erasure is under way. Nothing is lost: ask again, the erasure goes on where it stopped.");

    public static Failure Invalid(IReadOnlyDictionary<string, string[]> faults) =>
        new(FailureKind.Invalid, "invalid_body", "The body has faults.", faults);
}
