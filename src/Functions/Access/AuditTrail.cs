using Npgsql;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Access;

/// <summary>A change for the audit trail. It must contain no secrets, and no numbers or names of contacts.</summary>
/// <param name="Action">The noun and verb of the change, such as campaign.pause.</param>
/// <param name="SubjectKind">The kind of the changed object, such as campaign.</param>
/// <param name="SubjectId">The id of the changed object.</param>
/// <param name="Before">The changed ids, states and settings before the change; null if there were none.</param>
/// <param name="After">The changed ids, states and settings after the change; null if there are none.</param>
internal sealed record AuditEntry(string Action, string SubjectKind, string SubjectId, object? Before = null, object? After = null);

/// <summary>Writes audit entries in the transaction of the change, so that neither is stored without the other.</summary>
internal static class AuditTrail
{
    private const string InsertEntry = """
        insert into audit (id, tenant_id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, before, after)
        values (@Id, @TenantId, @At, @ActorKind, @ActorId, @ActorName, @Action, @SubjectKind, @SubjectId, @Before::jsonb, @After::jsonb)
        """;

    public static Task WriteAsync(
        NpgsqlTransaction tx, Guid tenantId, Actor actor, DateTimeOffset now, AuditEntry change, CancellationToken ct) =>
        tx.ExecuteAsync(InsertEntry, new
        {
            Id = Guid.CreateVersion7(now),
            TenantId = tenantId,
            At = now.UtcDateTime,
            ActorKind = actor.Kind.ToString().ToLowerInvariant(),
            ActorId = actor.Id,
            ActorName = actor.Name,
            change.Action,
            change.SubjectKind,
            change.SubjectId,
            Before = ToJson(change.Before),
            After = ToJson(change.After),
        }, ct);

    private static string? ToJson(object? value) => value is null ? null : Json.Write(value);
}
