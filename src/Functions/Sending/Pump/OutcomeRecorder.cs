using System.Threading.Channels;
using Npgsql;
using Relais.Channels;

namespace Relais.Sending.Pump;

/// <summary>Takes what calls came to and writes it in groups, in the background of one run.</summary>
internal sealed partial class OutcomeRecorder(SenderInfo sender, RecordOutcomes record, Func<Moved, Task> retryLater, int largestGroup, TimeProvider time, ILogger log)
{
    private const int MostTries = 20;
    private readonly Channel<Sent> answered = Channel.CreateUnbounded<Sent>();

    public int Accepted { get; private set; }

    public bool HasUnknown { get; private set; }

    public void Add(Sent sent) => answered.Writer.TryWrite(sent);

    public void Complete() => answered.Writer.TryComplete();

    public async Task RunAsync()
    {
        while (await answered.Reader.WaitToReadAsync())
        {
            var group = new List<Sent>();
            while (group.Count < largestGroup && answered.Reader.TryRead(out var one))
            {
                group.Add(one);
            }

            Accepted += group.Count(one => one.Outcome is SendOutcome.Accepted);
            HasUnknown |= group.Exists(one => one.Outcome is SendOutcome.Unknown);
            foreach (var retry in await WriteAsync(group))
            {
                await retryLater(retry);
            }
        }
    }

    /// <summary>The calls were made: their outcomes are worth waiting for the database. What is lost all the same, callbacks and settlement find.</summary>
    private async Task<IReadOnlyList<Moved>> WriteAsync(List<Sent> group)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await record.RunAsync(sender, group, CancellationToken.None);
            }
            catch (NpgsqlException failure) when (failure.IsTransient && attempt < MostTries)
            {
                Log.RecordFailed(log, failure, group.Count, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(100 << attempt, 5000)), time, CancellationToken.None);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Recording {Count} outcomes failed, attempt {Attempt}")]
        public static partial void RecordFailed(ILogger log, Exception failure, int count, int attempt);
    }
}
