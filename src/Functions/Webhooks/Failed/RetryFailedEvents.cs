using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Webhooks.Failed;

/// <summary>Requeues failed webhook events, one or all of a tenant, and resets their attempts.</summary>
internal sealed class RetryFailedEvents(TenantDb db, QueueEventProcessing queueProcessing, TimeProvider time)
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

    /// <param name="Retried">The number of events that are processed again.</param>
    /// <param name="More">True: more failed events may remain; call again.</param>
    internal sealed record Output(int Retried, bool More);

    public async Task<Output> RetryAllAsync(Caller caller, CancellationToken ct)
    {
        var retried = await db.RunAsync(caller.TenantId, tx => RetryAsync(tx, caller, null, ct), ct);
        await QueueAsync(retried);
        return new Output(retried.Count, retried.Count == MaxEvents);
    }

    public async Task<Result<Output>> RetryOneAsync(Caller caller, Guid id, CancellationToken ct)
    {
        var result = await db.RunAsync<Result<List<Guid>>>(caller.TenantId, async tx =>
        {
            var retried = await RetryAsync(tx, caller, id, ct);
            if (retried.Count > 0)
            {
                return retried;
            }

            return await tx.QueryOneAsync<string>(SelectEventState, new { caller.TenantId, Id = id }, ct) switch
            {
                null => new Failure(FailureKind.NotFound, "webhook_event_not_found", "There is no such webhook event."),
                WebhookEventState.Pending => retried,
                var state => new Failure(
                    FailureKind.Conflict, "webhook_event_state", "Only a failed webhook event can be retried.",
                    new Dictionary<string, string[]> { ["state"] = [state] }),
            };
        }, ct);
        if (result.Failure is { } failure)
        {
            return failure;
        }

        await QueueAsync(result.Value);
        return new Output(result.Value.Count, false);
    }

    private async Task<List<Guid>> RetryAsync(Npgsql.NpgsqlTransaction tx, Caller caller, Guid? id, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var parameters = new { caller.TenantId, Id = id, Limit = MaxEvents, Now = now.UtcDateTime };
        var retried = await tx.QueryAsync<Guid>(ResetFailedEvents, parameters, ct);
        if (retried.Count > 0)
        {
            var change = new AuditEntry("webhook_event.retry", "webhook_event", id?.ToString() ?? "all", After: new { retried.Count });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        }

        return retried;
    }

    /// <summary>Queues the first events only; the sweep processes the others within minutes.</summary>
    private async Task QueueAsync(List<Guid> retried)
    {
        foreach (var id in retried.Take(MaxQueued))
        {
            await queueProcessing.RunAsync(id, null);
        }
    }
}
