using System.Diagnostics;
using Npgsql;
using Relais.Kit;
using Relais.Simulators;

namespace Relais.Benchmarks;

/// <summary>
/// Watches a campaign from outside the app: counts the claimed messages every 50 ms, and the accepted and the recorded messages every
/// second. The frequent query reads only the partial index of claimed messages, so that watching costs little.
/// </summary>
/// <param name="count">messages of the campaign</param>
/// <param name="earlier">messages that were sent and recorded before and do not count</param>
internal sealed class SendWatch(TestDatabase database, TwilioSimulator simulator, int count, int earlier)
{
    private const string CountRecorded =
        "select count(*)::int from messages where direction = 'out' and status not in ('pending', 'claimed')";

    private const string CountInHand = "select count(*)::int from messages where sender_id = $1 and status = 'claimed'";

    private const string CountAnalyzed =
        "select coalesce(sum(analyze_count + autoanalyze_count), 0)::bigint from pg_stat_user_tables where schemaname = 'public'";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly List<SendSample> samples = [];

    public int MostInHand { get; private set; }

    public int InHandSamples { get; private set; }

    private int Sent => simulator.Accepted - earlier;

    /// <summary>Samples by time: the first, all zero, at the first acceptance, the last when all outcomes are recorded.</summary>
    public IReadOnlyList<SendSample> Samples => samples;

    public async Task RunAsync()
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        await connection.OpenAsync();
        await using (var planner = new NpgsqlCommand("set enable_seqscan = off; set enable_bitmapscan = off; set jit = off", connection))
        {
            await planner.ExecuteNonQueryAsync();
        }

        await using var inHand = new NpgsqlCommand(CountInHand, connection) { Parameters = { new() { Value = RelaisSystem.SenderId } } };
        await inHand.PrepareAsync();
        while (Sent == 0 && Stopwatch.GetElapsedTime(start) < Limit)
        {
            await Task.Delay(5);
        }

        var firstAccepted = Stopwatch.GetTimestamp();
        samples.Add(new SendSample(0, 0, 0));
        for (var step = 1; Stopwatch.GetElapsedTime(firstAccepted) < Limit; step++)
        {
            MostInHand = Math.Max(MostInHand, (int)(await inHand.ExecuteScalarAsync())!);
            InHandSamples++;
            if (samples[^1].At + 1 <= Stopwatch.GetElapsedTime(firstAccepted).TotalSeconds || Sent == count)
            {
                var sample = await SampleAsync(connection, firstAccepted);
                if (sample.Recorded == count || samples[^1].At + 1 <= sample.At)
                {
                    samples.Add(sample);
                }

                if (sample.Recorded == count)
                {
                    return;
                }
            }

            var next = (step * Step) - Stopwatch.GetElapsedTime(firstAccepted);
            await Task.Delay(next > TimeSpan.Zero ? next : TimeSpan.FromMilliseconds(1));
        }
    }

    public Task<long> AnalyzedAsync() => database.OneAsync<long>(CountAnalyzed);

    /// <summary>Counts accepted messages at the start of the statement, which sees the rows that are committed then.</summary>
    private async Task<SendSample> SampleAsync(NpgsqlConnection connection, long firstAccepted)
    {
        await using var recorded = new NpgsqlCommand(CountRecorded, connection);
        var (at, sent) = (Stopwatch.GetElapsedTime(firstAccepted).TotalSeconds, Sent);
        return new SendSample(at, sent, (int)(await recorded.ExecuteScalarAsync())! - earlier);
    }
}
