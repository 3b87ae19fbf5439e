using Relais.Platform;

namespace Relais.Access;

internal static class AccessFailures
{
    /// <summary>The same failure for every authentication error, so that the response does not reveal the reason.</summary>
    public static Failure Unauthorized() =>
        new(FailureKind.Unauthorized, "unauthorized",
            "Send exactly one valid access token or API key: \"Authorization: Bearer …\", or \"X-Api-Key: rk_…\".");

    public static Failure IssuerUnavailable() =>
        new(FailureKind.Unavailable, "issuer_unavailable",
            "The access token cannot be checked, because its issuer is not reachable. Try again in a few seconds.");

    public static Failure NoAccessRule() => new(FailureKind.Forbidden, "access_not_stated", "This function declares no access rule.");

    public static Failure ApiKeyNotAccepted() =>
        new(FailureKind.Forbidden, "people_only", "This function does not accept API keys. Sign in and send an access token.");

    public static Failure ScopeMissing(Scope scope) =>
        new(FailureKind.Forbidden, "scope_missing", $"The API key needs the scope '{scope.ToString().ToLowerInvariant()}'.");

    public static Failure RoleTooLow(Role required) =>
        new(FailureKind.Forbidden, "role_missing",
            $"This function requires the role '{required.ToString().ToLowerInvariant()}' in the tenant.");

    public static Failure TenantNotAccessible() =>
        new(FailureKind.Forbidden, "not_a_member", "You are not a member of this tenant, or it does not exist.");

    public static Failure TenantRequired() =>
        new(FailureKind.Invalid, "tenant_required",
            "You are a member of several tenants. Name one of them in the header X-Tenant, by id or slug.");

    public static Failure TooManyRequests() =>
        new(FailureKind.TooManyRequests, "too_many_requests", "Too many requests. Wait for the seconds in the header Retry-After.");

    public static Failure MemberNotFound() => new(FailureKind.NotFound, "member_not_found", "There is no such member.");

    public static Failure LastOwner() =>
        new(FailureKind.Conflict, "last_owner", "This is the last owner of the tenant. Make another member an owner first.");

    public static Failure InvitationNotFound() =>
        new(FailureKind.NotFound, "invitation_not_found", "The invitation does not exist, was already used or revoked, or has expired.");

    public static Failure AlreadyMember() => new(FailureKind.Conflict, "already_member", "You are already a member of this tenant.");

    public static Failure ApiKeyNotFound() => new(FailureKind.NotFound, "api_key_not_found", "There is no such API key.");

    /// <param name="items">The plural of the limited items in snake case, such as api_keys; it becomes part of the code.</param>
    /// <param name="max">The highest allowed number of items.</param>
    public static Failure LimitReached(string items, int max) =>
        new(FailureKind.Conflict, $"too_many_{items}", $"The limit of {max} {items.Replace('_', ' ')} is reached.");

    public static Failure SignUpDisabled() =>
        new(FailureKind.Forbidden, "sign_up_closed", "Sign-up is disabled. Ask a member of a tenant for an invitation.");

    public static Failure SlugTaken() =>
        new(FailureKind.Conflict, "slug_taken", "Another tenant already has this slug. Choose another slug.",
            new Dictionary<string, string[]> { ["slug"] = ["is taken"] });

    public static Failure IdempotencyKeyReused() =>
        new(FailureKind.Conflict, "idempotency_key_reused",
            "This Idempotency-Key was already sent with another body. Use a new key for a new request.");
}
