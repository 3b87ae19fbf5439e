using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Webhooks.Failed;

/// <summary>Puts failed events back to be processed, one or all of a tenant. Their attempts begin anew.</summary>
internal sealed class RetryFailedEvents(TenantDb db, QueueEventProcessing wake, TimeProvider time)
{
    private const int MaxEvents = 1_000;
    private const int MaxQueued = 32;

    private const string ResetFailedEvents = """
        with failed as materialized (
          select id from webhook_events
          where tenant_id = @TenantId and state = 'failed' and (@Id::uuid is null or id = @Id)
          order by id
          limit @Limit
          for update
        )
        update webhook_events e set state = 'pending', attempts = 0, next_attempt_at = @Now
        from failed f
        where e.id = f.id
        returning e.id
        """;

    private const string SelectEventState = "select state from webhook_events where tenant_id = @TenantId and id = @Id";

    /// <param name="Retried">How many events are processed again now.</param>
    /// <param name="More">There are more: ask again.</param>
    internal sealed record Output(int Retried, bool More);

    public async Task<Output> AllAsync(Caller caller, CancellationToken ct)
    {
        var retried = await db.RunAsync(caller.TenantId, tx => RetryAsync(tx, caller, null, ct), ct);
        await WakeAsync(retried);
        return new Output(retried.Count, retried.Count == MaxEvents);
    }

    public async Task<Result<Output>> OneAsync(Caller caller, Guid id, CancellationToken ct)
    {
        var result = await db.RunAsync<Result<List<Guid>>>(caller.TenantId, async tx =>
        {
            var retried = await RetryAsync(tx, caller, id, ct);
            return retried.Count > 0 ? retried : await tx.QueryOneAsync<string>(SelectEventState, new { caller.TenantId, Id = id }, ct) switch
            {
                null => new Failure(FailureKind.NotFound, "webhook_event_not_found", "There is no such webhook event."),
                "pending" => retried,
                var state => new Failure(
                    FailureKind.Conflict, "webhook_event_state", "Only a failed webhook event can be retried.", new Dictionary<string, string[]> { ["state"] = [state] }),
            };
        }, ct);
        if (result.Failure is { } failure)
        {
            return failure;
        }

        await WakeAsync(result.Value);
        return new Output(result.Value.Count, false);
    }

    private async Task<List<Guid>> RetryAsync(Npgsql.NpgsqlTransaction tx, Caller caller, Guid? id, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var retried = await tx.QueryAsync<Guid>(ResetFailedEvents, new { caller.TenantId, Id = id, Limit = MaxEvents, Now = now.UtcDateTime }, ct);
        if (retried.Count > 0)
        {
            var change = new AuditEntry("webhook_event.retry", "webhook_event", id?.ToString() ?? "all", After: new { retried.Count });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        }

        return retried;
    }

    /// <summary>The sweep takes the rest within minutes.</summary>
    private async Task WakeAsync(List<Guid> retried)
    {
        foreach (var id in retried.Take(MaxQueued))
        {
            await wake.RunAsync(id, null);
        }
    }
}
