using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Keys;

internal sealed class CreateApiKey(TenantDb db, TimeProvider time)
{
    public const int MostInUse = 100;
    public const string AllScopes = "*";

    private static readonly string[] Scopes = [.. Enum.GetNames<Scope>().Select(scope => scope.ToLowerInvariant())];

    private const string InUse = "select count(*) from api_keys where tenant_id = @TenantId and revoked_at is null and (expires_at is null or expires_at > @Now)";

    private const string Insert = """
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
            if (await Owners.HoldAsync(tx, caller, ct) is { } refusal)
            {
                return refusal;
            }

            if (await tx.QueryOneAsync<int>(InUse, new { caller.TenantId, Now = now.UtcDateTime }, ct) >= MostInUse)
            {
                return AccessFailures.TooMany("api_keys", MostInUse);
            }

            var made = new Output(Guid.CreateVersion7(now), ApiKey.Create(), input.Name!.Trim(), [.. input.Scopes!.Distinct()], now, input.ExpiresAt);
            await tx.ExecuteAsync(Insert, new
            {
                made.Id,
                caller.TenantId,
                made.Name,
                Hash = ApiKey.Hash(made.Key),
                Scopes = made.Scopes.ToArray(),
                By = caller.Actor.Id,
                Now = now.UtcDateTime,
                ExpiresAt = made.ExpiresAt?.UtcDateTime,
            }, ct);
            var change = new Change("api_key.create", "api_key", made.Id.ToString(), After: new { made.Name, made.Scopes, made.ExpiresAt });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            return made;
        }, ct);
    }

    private static Dictionary<string, string[]> Faults(Input input, DateTimeOffset now)
    {
        var faults = new Dictionary<string, string[]>();
        if (NameFaults.Of(input.Name) is { Length: > 0 } name)
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
