using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Npgsql;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Keys;

/// <summary>Creates an API key of the caller's tenant and returns its secret value, which is not stored.</summary>
internal sealed class CreateApiKey(TenantDb db, TimeProvider time)
{
    public const int MaxActiveKeys = 100;
    public const string AllScopes = "*";

    private const string CountActiveKeys = """
        select count(*)
        from api_keys
        where tenant_id = @TenantId and revoked_at is null and (expires_at is null or expires_at > @Now)
        """;

    private const string InsertKey = """
        insert into api_keys (id, tenant_id, name, hash, scopes, created_by, created_at, expires_at)
        values (@Id, @TenantId, @Name, @Hash, @Scopes, @CreatedBy, @Now, @ExpiresAt)
        """;

    internal sealed record Input
    {
        [Required]
        public string? Name { get; init; }

        [Required]
        [Description("Any of contacts, campaigns, messages and telephony, or * alone for all of them.")]
        public IReadOnlyList<string>? Scopes { get; init; }

        [Description("The time at which the key expires. Without it, the key works until it is revoked.")]
        public DateTimeOffset? ExpiresAt { get; init; }
    }

    /// <param name="Key">The secret value of the key; no later response contains it.</param>
    internal sealed record Output(
        Guid Id, string Key, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

    public async Task<Result<Output>> RunAsync(Caller caller, Input input, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var faults = ApiKeyValidation.Validate(input, now);
        if (faults.Count > 0)
        {
            return Failure.InvalidBody(faults);
        }

        return await db.RunAsync<Result<Output>>(caller.TenantId, async tx =>
        {
            if (await RoleLock.LockAndRequireOwnerAsync(tx, caller, ct) is { } refusal)
            {
                return refusal;
            }

            if (await tx.QueryOneAsync<int>(CountActiveKeys, new { caller.TenantId, Now = now.UtcDateTime }, ct) >= MaxActiveKeys)
            {
                return AccessFailures.LimitReached("api_keys", MaxActiveKeys);
            }

            return await InsertAsync(tx, caller, input, now, ct);
        }, ct);
    }

    private static async Task<Output> InsertAsync(
        NpgsqlTransaction tx, Caller caller, Input input, DateTimeOffset now, CancellationToken ct)
    {
        var created = new Output(
            Guid.CreateVersion7(now), ApiKey.Create(), input.Name!.Trim(), [.. input.Scopes!.Distinct()], now, input.ExpiresAt);
        await tx.ExecuteAsync(InsertKey, new
        {
            created.Id,
            caller.TenantId,
            created.Name,
            Hash = ApiKey.Hash(created.Key),
            Scopes = created.Scopes.ToArray(),
            CreatedBy = caller.Actor.Id,
            Now = now.UtcDateTime,
            ExpiresAt = created.ExpiresAt?.UtcDateTime,
        }, ct);
        var after = new { created.Name, created.Scopes, created.ExpiresAt };
        var change = new AuditEntry("api_key.create", "api_key", created.Id.ToString(), After: after);
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return created;
    }
}
