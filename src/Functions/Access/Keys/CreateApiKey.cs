using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Keys;

internal sealed class CreateApiKey(TenantDb db, TimeProvider time)
{
    public const int MaxActiveKeys = 100;
    public const string AllScopes = "*";

    private static readonly string[] Scopes = [.. Enum.GetNames<Scope>().Select(scope => scope.ToLowerInvariant())];

    private const string CountActiveKeys = "select count(*) from api_keys where tenant_id = @TenantId and revoked_at is null and (expires_at is null or expires_at > @Now)";

    private const string InsertKey = """
        insert into api_keys (id, tenant_id, name, hash, scopes, created_by, created_at, expires_at)
        values (@Id, @TenantId, @Name, @Hash, @Scopes, @By, @Now, @ExpiresAt)
        """;

    internal sealed record Input
    {
        [Required]
        public string? Name { get; init; }

        [Required]
        [Description("Of contacts, campaigns, messages, telephony; or * alone for all.")]
        public IReadOnlyList<string>? Scopes { get; init; }

        [Description("Without it the key works until it is revoked.")]
        public DateTimeOffset? ExpiresAt { get; init; }
    }

    /// <param name="Key">Shown this once.</param>
    internal sealed record Output(Guid Id, string Key, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

    public async Task<Result<Output>> RunAsync(Caller caller, Input input, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var faults = Faults(input, now);
        if (faults.Count > 0)
        {
            return AccessFailures.Invalid(faults);
        }

        return await db.RunAsync<Result<Output>>(caller.TenantId, async tx =>
        {
            if (await OwnerLock.AcquireAsync(tx, caller, ct) is { } refusal)
            {
                return refusal;
            }

            if (await tx.QueryOneAsync<int>(CountActiveKeys, new { caller.TenantId, Now = now.UtcDateTime }, ct) >= MaxActiveKeys)
            {
                return AccessFailures.LimitReached("api_keys", MaxActiveKeys);
            }

            var created = new Output(Guid.CreateVersion7(now), ApiKey.Create(), input.Name!.Trim(), [.. input.Scopes!.Distinct()], now, input.ExpiresAt);
            await tx.ExecuteAsync(InsertKey, new
            {
                created.Id,
                caller.TenantId,
                created.Name,
                Hash = ApiKey.Hash(created.Key),
                Scopes = created.Scopes.ToArray(),
                By = caller.Actor.Id,
                Now = now.UtcDateTime,
                ExpiresAt = created.ExpiresAt?.UtcDateTime,
            }, ct);
            var change = new AuditEntry("api_key.create", "api_key", created.Id.ToString(), After: new { created.Name, created.Scopes, created.ExpiresAt });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            return created;
        }, ct);
    }

    private static Dictionary<string, string[]> Faults(Input input, DateTimeOffset now)
    {
        var faults = new Dictionary<string, string[]>();
        if (NameValidation.Validate(input.Name) is { Length: > 0 } name)
        {
            faults.Add("name", name);
        }

        if (input.Scopes is not { Count: > 0 } scopes)
        {
            faults.Add("scopes", [input.Scopes is null ? "is required" : "must name one at least"]);
        }
        else if (!(scopes is [AllScopes] || scopes.All(Scopes.Contains)))
        {
            faults.Add("scopes", [$"must be of {string.Join(", ", Scopes)}, or '{AllScopes}' alone"]);
        }

        if (input.ExpiresAt <= now)
        {
            faults.Add("expiresAt", ["must be in the future"]);
        }

        return faults;
    }
}
