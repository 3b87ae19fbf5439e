using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Access.Tenants;

/// <summary>
/// Sign-up: creates a tenant whose owner is the signed-in user. A repeated request with the same idempotency key returns the same tenant.
/// </summary>
internal sealed class CreateTenant(SystemDb db, TimeProvider time, AccessOptions options)
{
    public const int MaxOwnedTenants = 5;

    private const string SelectIsSameBody = "select sign_up_body = @Body from tenants where sign_up_key = @Key";

    private const string SelectTenantOfIdempotencyKey = $"""
        select {TenantView.Columns}
        from tenants t
        where sign_up_key = @Key and exists (select from members m where m.tenant_id = t.id and m.issuer = @Issuer and m.subject = @Subject)
        """;

    private const string CountOwnedTenants =
        "select count(*) from members where issuer = @Issuer and subject = @Subject and role = 'owner'";

    private const string InsertTenant = $"""
        insert into tenants (id, slug, name, country, locale, time_zone, created_at, sign_up_key, sign_up_body)
        values (@Id, @Slug, @Name, @Country, @Locale, @TimeZone, @Now, @Key, @Body)
        on conflict (slug) do nothing
        returning {TenantView.Columns}
        """;

    private const string InsertOwner = """
        insert into members (id, tenant_id, issuer, subject, name, email, role, created_at)
        values (@Id, @TenantId, @Issuer, @Subject, @Name, @Email, 'owner', @Now)
        """;

    /// <param name="user">The signed-in user, who becomes the owner.</param>
    /// <param name="request">The body of the request, not yet validated.</param>
    /// <param name="idempotencyKey">The idempotency key of the request; null: a repeated request creates another tenant.</param>
    /// <param name="ct">Cancels the statements.</param>
    public async Task<Result<TenantView>> RunAsync(SignedInUser user, NewTenant request, string? idempotencyKey, CancellationToken ct)
    {
        if (!options.AllowSignUp)
        {
            return AccessFailures.SignUpDisabled();
        }

        var isKnownTimeZone = request.TimeZone is not { } timeZone
            || await db.RunAsync(tx => DatabaseTimeZones.ContainsAsync(tx, timeZone, ct), ct);
        var faults = TenantValidation.Validate(request, isKnownTimeZone);
        return faults.Count > 0
            ? Failure.InvalidBody(faults)
            : await db.RunAsync(tx => CreateAsync(tx, user, request, HashKey(user, idempotencyKey), ct), ct);
    }

    private async Task<Result<TenantView>> CreateAsync(
        NpgsqlTransaction tx, SignedInUser user, NewTenant request, byte[]? key, CancellationToken ct)
    {
        await tx.LockAsync(AdvisoryLock.User, $"{user.Issuer} {user.Subject}", ct);
        var body = SHA256.HashData(Encoding.UTF8.GetBytes(Json.Write(request)));
        if (await tx.QueryOneAsync<bool?>(SelectIsSameBody, new { Key = key, Body = body }, ct) is { } isSame)
        {
            return isSame ? await FindCreatedAsync(tx, user, key, ct) : AccessFailures.IdempotencyKeyReused();
        }

        if (await tx.QueryOneAsync<int>(CountOwnedTenants, new { user.Issuer, user.Subject }, ct) >= MaxOwnedTenants)
        {
            return AccessFailures.LimitReached("tenants", MaxOwnedTenants);
        }

        var now = time.GetUtcNow();
        if (await InsertAsync(tx, request, key, body, now, ct) is not { } tenant)
        {
            return AccessFailures.SlugTaken();
        }

        var after = new { tenant.Slug, tenant.Name, tenant.Country, tenant.Locale, tenant.TimeZone };
        var change = new AuditEntry("tenant.create", "tenant", tenant.Id.ToString(), After: after);
        await AuditTrail.WriteAsync(tx, tenant.Id, user.Actor, now, change, ct);
        await AddOwnerAsync(tx, tenant.Id, user, now, ct);
        return tenant;
    }

    /// <summary>
    /// Finds the tenant that an earlier request with the same idempotency key created. Fails if the user has left that tenant since.
    /// </summary>
    private static async Task<Result<TenantView>> FindCreatedAsync(
        NpgsqlTransaction tx, SignedInUser user, byte[]? key, CancellationToken ct)
    {
        var parameters = new { Key = key, user.Issuer, user.Subject };
        return await tx.QueryOneAsync<TenantView>(SelectTenantOfIdempotencyKey, parameters, ct) is { } existing
            ? existing
            : AccessFailures.TenantNotAccessible();
    }

    private static async Task AddOwnerAsync(
        NpgsqlTransaction tx, Guid tenantId, SignedInUser user, DateTimeOffset now, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(now);
        await tx.ExecuteAsync(InsertOwner, new
        {
            Id = id,
            TenantId = tenantId,
            user.Issuer,
            user.Subject,
            user.Name,
            user.Email,
            Now = now.UtcDateTime,
        }, ct);
        var after = new { Role = RoleName.Format(Role.Owner), user.Name };
        var change = new AuditEntry("member.join", "member", id.ToString(), After: after);
        await AuditTrail.WriteAsync(tx, tenantId, user.Actor, now, change, ct);
    }

    /// <summary>Inserts the tenant with the requested slug, or with the first free slug that is made from the name.</summary>
    /// <returns>Null if no slug is free.</returns>
    private static async Task<TenantView?> InsertAsync(
        NpgsqlTransaction tx, NewTenant request, byte[]? key, byte[] body, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var slug in request.Slug is { } requested ? [requested] : SlugCandidates.From(request.Name!))
        {
            var tenant = await tx.QueryOneAsync<TenantView>(InsertTenant, new
            {
                Id = Guid.CreateVersion7(now),
                Slug = slug,
                Name = request.Name!.Trim(),
                request.Country,
                Locale = request.Locale ?? TenantValidation.Defaults.Locale,
                TimeZone = request.TimeZone ?? TenantValidation.Defaults.TimeZone,
                Now = now.UtcDateTime,
                Key = key,
                Body = key is null ? null : body,
            }, ct);
            if (tenant is not null)
            {
                return tenant;
            }
        }

        return null;
    }

    // The hash contains the user, so that one user cannot find the tenant of another user by guessing the key.
    private static byte[]? HashKey(SignedInUser user, string? idempotencyKey) =>
        idempotencyKey is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes($"{user.Issuer}\n{user.Subject}\n{idempotencyKey}"));
}
