using Npgsql;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Access;

/// <summary>One change by somebody. Before and after hold ids, states and settings; never secrets, never the number or name of a contact.</summary>
/// <param name="Action">noun.verb, such as campaign.pause</param>
/// <param name="SubjectKind">such as campaign</param>
/// <param name="SubjectId">the id of what was changed</param>
internal sealed record AuditEntry(string Action, string SubjectKind, string SubjectId, object? Before = null, object? After = null);

/// <summary>Written in the transaction of the change itself: neither stands without the other.</summary>
internal static class AuditTrail
{
    private const string InsertEntry = """
        insert into audit (id, tenant_id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, before, after)
        values (@Id, @TenantId, @At, @ActorKind, @ActorId, @ActorName, @Action, @SubjectKind, @SubjectId, @Before::jsonb, @After::jsonb)
        """;

    public static Task WriteAsync(NpgsqlTransaction tx, Guid tenantId, Actor actor, DateTimeOffset now, AuditEntry change, CancellationToken ct) =>
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
