using Relais.Platform;

namespace Relais.Access;

internal static class AccessFailures
{
    /// <summary>One answer for whoever cannot say who they are, so that nobody learns from it how near they came.</summary>
    public static Failure Unauthorized() =>
        new(FailureKind.Unauthorized, "unauthorized", "Send one valid access token or API key: \"Authorization: Bearer …\", or \"X-Api-Key: rk_…\".");

    public static Failure IssuerUnavailable() =>
        new(FailureKind.Unavailable, "issuer_unavailable", "The issuer of access tokens cannot be reached at the moment. Try again in some seconds.");

    public static Failure NoAccessRule() => new(FailureKind.Forbidden, "access_not_stated", "This function is not open to anybody.");

    public static Failure MembersOnly() => new(FailureKind.Forbidden, "people_only", "This is open to members who signed in, not to API keys.");

    public static Failure ScopeMissing(Scope scope) =>
        new(FailureKind.Forbidden, "scope_missing", $"The API key needs the scope '{scope.ToString().ToLowerInvariant()}'.");

    public static Failure RoleMissing(Role needed) =>
        new(FailureKind.Forbidden, "role_missing", $"This needs the role '{needed.ToString().ToLowerInvariant()}' in the tenant.");

    public static Failure NotAMember() => new(FailureKind.Forbidden, "not_a_member", "You are not a member of this tenant, or it does not exist.");

    public static Failure TenantRequired() =>
        new(FailureKind.Invalid, "tenant_required", "You are a member of several tenants: name one in the header X-Tenant, by id or slug.");

    public static Failure TooManyRequests() => new(FailureKind.TooManyRequests, "too_many_requests", "Too many requests. Wait as long as Retry-After says.");

    public static Failure Invalid(IReadOnlyDictionary<string, string[]> faults) => new(FailureKind.Invalid, "invalid_body", "The body has faults.", faults);

    public static Failure Invalid(string field, string fault) => Invalid(new Dictionary<string, string[]> { [field] = [fault] });

    public static Failure MemberNotFound() => new(FailureKind.NotFound, "member_not_found", "There is no such member.");

    public static Failure LastOwner() => new(FailureKind.Conflict, "last_owner", "This is the last owner: make somebody else an owner first.");

    public static Failure InvitationNotFound() => new(FailureKind.NotFound, "invitation_not_found", "There is no such invitation, or it is over.");

    public static Failure AlreadyMember() => new(FailureKind.Conflict, "already_member", "You are a member of this tenant already.");

    public static Failure ApiKeyNotFound() => new(FailureKind.NotFound, "api_key_not_found", "There is no such API key.");

    public static Failure LimitReached(string what, int most) => new(FailureKind.Conflict, $"too_many_{what}", $"There may be {most} at most.");

    public static Failure SignUpDisabled() => new(FailureKind.Forbidden, "sign_up_closed", "New tenants are not created by themselves here. Ask for an invitation.");

    public static Failure SlugTaken() => new(FailureKind.Conflict, "slug_taken", "Another tenant has this slug.", new Dictionary<string, string[]> { ["slug"] = ["is taken"] });

    public static Failure IdempotencyKeyReused() => new(FailureKind.Conflict, "idempotency_key_reused", "This Idempotency-Key came with another body before.");
}
