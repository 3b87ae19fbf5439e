using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Access.Tenants;

/// <summary>Sign-up: whoever signed in becomes the owner of a new tenant. The same Idempotency-Key gives the same tenant.</summary>
internal sealed class CreateTenant(SystemDb db, TimeProvider time, AccessOptions options)
{
    public const int MaxOwnedTenants = 5;

    private const string IsSameBody = "select sign_up_body = @Body from tenants where sign_up_key = @Key";

    private const string SelectTenantOfSameKey = $"""
        select {TenantView.Columns}
        from tenants t
        where sign_up_key = @Key and exists (select from members m where m.tenant_id = t.id and m.issuer = @Issuer and m.subject = @Subject)
        """;

    private const string CountOwnedTenants = "select count(*) from members where issuer = @Issuer and subject = @Subject and role = 'owner'";

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

    /// <param name="person">Who becomes the owner.</param>
    /// <param name="request">As it was sent.</param>
    /// <param name="idempotencyKey">Null: every request makes another tenant.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<TenantView>> RunAsync(SignedInUser person, NewTenant request, string? idempotencyKey, CancellationToken ct)
    {
        if (!options.AllowSignUp)
        {
            return AccessFailures.SignUpDisabled();
        }

        var isZone = request.TimeZone is not { } zone || await db.RunAsync(tx => DatabaseTimeZones.ContainsAsync(tx, zone, ct), ct);
        var faults = TenantValidation.Of(request, isZone);
        return faults.Count > 0
            ? AccessFailures.Invalid(faults)
            : await db.RunAsync(tx => CreateAsync(tx, person, request, Digest(person, idempotencyKey), ct), ct);
    }

    private async Task<Result<TenantView>> CreateAsync(NpgsqlTransaction tx, SignedInUser person, NewTenant request, byte[]? key, CancellationToken ct)
    {
        await tx.ExecuteAsync(UserLock.Take, new { person.Issuer, person.Subject }, ct);
        var body = SHA256.HashData(Encoding.UTF8.GetBytes(Json.Write(request)));
        if (await tx.QueryOneAsync<bool?>(IsSameBody, new { Key = key, Body = body }, ct) is { } isSame)
        {
            return !isSame ? AccessFailures.IdempotencyKeyReused()
                : await tx.QueryOneAsync<TenantView>(SelectTenantOfSameKey, new { Key = key, person.Issuer, person.Subject }, ct) is { } earlier ? earlier
                : AccessFailures.NotAMember();
        }

        if (await tx.QueryOneAsync<int>(CountOwnedTenants, new { person.Issuer, person.Subject }, ct) >= MaxOwnedTenants)
        {
            return AccessFailures.LimitReached("tenants", MaxOwnedTenants);
        }

        var now = time.GetUtcNow();
        if (await InsertAsync(tx, request, key, body, now, ct) is not { } tenant)
        {
            return AccessFailures.SlugTaken();
        }

        var created = new { tenant.Slug, tenant.Name, tenant.Country, tenant.Locale, tenant.TimeZone };
        await AuditTrail.WriteAsync(tx, tenant.Id, person.Actor, now, new AuditEntry("tenant.create", "tenant", tenant.Id.ToString(), After: created), ct);
        await AddOwnerAsync(tx, tenant.Id, person, now, ct);
        return tenant;
    }

    private static async Task AddOwnerAsync(NpgsqlTransaction tx, Guid tenantId, SignedInUser person, DateTimeOffset now, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(now);
        await tx.ExecuteAsync(InsertOwner, new { Id = id, TenantId = tenantId, person.Issuer, person.Subject, person.Name, person.Email, Now = now.UtcDateTime }, ct);
        await AuditTrail.WriteAsync(tx, tenantId, person.Actor, now, new AuditEntry("member.join", "member", id.ToString(), After: new { Role = RoleName.Select(Role.Owner), person.Name }), ct);
    }

    private static async Task<TenantView?> InsertAsync(NpgsqlTransaction tx, NewTenant request, byte[]? key, byte[] body, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var slug in request.Slug is { } chosen ? [chosen] : SlugCandidates.From(request.Name!))
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

    private static byte[]? Digest(SignedInUser person, string? idempotencyKey) =>
        idempotencyKey is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes($"{person.Issuer}\n{person.Subject}\n{idempotencyKey}"));
}
