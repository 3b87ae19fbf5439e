using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Engine;
using Npgsql;

namespace Microsoft.DurableTask.Store;

/// <summary>One step of an orchestration, to be made durable as a whole.</summary>
internal sealed record Step(Lease Lease, RunResult Result, DateTime Now)
{
    /// <summary>Rows to append: the news of this step, then its decisions.</summary>
    public required IReadOnlyList<HistoryEvent> Events { get; init; }

    public required int FirstSeq { get; init; }

    /// <summary>Inbox rows that are dealt with.</summary>
    public long[] Consumed { get; init; } = [];

    /// <summary>Activities that ended in this process, whose result never went through the inbox.</summary>
    public int[] Ended { get; init; } = [];

    /// <summary>So many of the new activities are run by this process; the others are for anybody.</summary>
    public int Reserved { get; init; }

    /// <summary>Gives the lease back.</summary>
    public bool Release { get; init; }

    /// <summary>Of the next generation, when continued as new.</summary>
    public Guid NextLife { get; init; }

    public IEnumerable<T> Decisions<T>()
        where T : Decision => Result.Decisions.OfType<T>();
}

/// <param name="Targets">Other instances that got news by this step.</param>
internal sealed record StepOutcome(OrchestrationRuntimeStatus Status, bool Watched, List<Target> Targets);

/// <summary>The lease is somebody else's by now, or nobody's: whatever was worked out under it is void.</summary>
internal sealed class LeaseLostException(Exception inner) : Exception("The lease of the instance was lost.", inner);

internal static class CommitStep
{
    // No row means no lease: the division fails and takes the whole batch with it.
    private const string Fence = """
        with own as (
            update instances
            set status = case when status = 7 and @status = 0 then status else @status end,
                output = case when status = 7 and @status = 0 then output else @output end,
                custom_status = @custom,
                owner = case when @release then null else owner end,
                updated_at = @now
            where id = @id and life = @life and owner = @me and epoch = @epoch
            returning status, watched)
        select 1 / count(*), min(status), bool_or(watched) from own
        """;

    private const string Renew = """
        with own as (
            update instances
            set life = @next, status = case when status = 7 then status else 0 end, input = @input, custom_status = null,
                version = coalesce(@version, version), created_at = @now, updated_at = @now
            where id = @id and life = @life and owner = @me and epoch = @epoch
            returning status, watched)
        select 1 / count(*), min(status), bool_or(watched) from own
        """;

    public static async Task<StepOutcome> ExecuteAsync(Db db, Step step, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        AddFence(batch, step);
        StepWrites.Add(batch, step);
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            var (status, watched) = ((OrchestrationRuntimeStatus)reader.GetInt16(1), reader.GetBoolean(2));
            var targets = new List<Target>();
            while (await reader.NextResultAsync(cancellation))
            {
                while (reader.FieldCount == 2 && await reader.ReadAsync(cancellation))
                {
                    targets.Add(new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetInt64(1)));
                }
            }

            return new(status, watched, targets);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DivisionByZero)
        {
            throw new LeaseLostException(e);
        }
    }

    private static void AddFence(NpgsqlBatch batch, Step step)
    {
        var (lease, result) = (step.Lease, step.Result);
        var renewed = result.End == RunEnd.ContinuedAsNew;
        var command = batch.Then(renewed ? Renew : Fence)
            .With("id", lease.Id)
            .With("life", lease.Life)
            .With("me", lease.Owner)
            .With("epoch", lease.Epoch)
            .With("now", step.Now);
        if (renewed)
        {
            command.With("next", step.NextLife).With("input", result.Output).With("version", result.NextVersion);
            return;
        }

        command
            .With("status", (short)Status(result.End))
            .With("output", result.Output?.Replace('\0', '\uFFFD'))
            .With("custom", result.CustomStatus)
            .With("release", step.Release);
    }

    private static OrchestrationRuntimeStatus Status(RunEnd end) => end switch
    {
        RunEnd.Completed => OrchestrationRuntimeStatus.Completed,
        RunEnd.Failed => OrchestrationRuntimeStatus.Failed,
        _ => OrchestrationRuntimeStatus.Running,
    };
}
