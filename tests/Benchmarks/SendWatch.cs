using System.Diagnostics;
using Npgsql;
using Relais.Kit;
using Relais.Simulators;

namespace Relais.Benchmarks;

/// <summary>
/// Watches a campaign from outside the app: every 50 ms the rows in hand, every second what the provider accepted and what the database holds
/// as recorded. The queries that run often read only the partial index of the rows in hand, so that watching costs little.
/// </summary>
/// <param name="earlier">Messages that were sent and recorded before, which do not count.</param>
internal sealed class SendWatch(TestDatabase database, TwilioSimulator simulator, int count, int earlier)
{
    private const string Recorded = "select count(*)::int from messages where direction = 'out' and status not in ('pending', 'claimed')";

    private const string InHand = "select count(*)::int from messages where sender_id = $1 and status = 'claimed'";

    private const string Analyzed = "select coalesce(sum(analyze_count + autoanalyze_count), 0)::bigint from pg_stat_user_tables where schemaname = 'public'";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly List<SendSample> samples = [];

    public int MostInHand { get; private set; }

    public int InHandSamples { get; private set; }

    private int Sent => simulator.Accepted - earlier;

    /// <summary>The first sample is zero at the first acceptance, the last one is taken when everything is recorded.</summary>
    public IReadOnlyList<SendSample> Samples => samples;

    public async Task RunAsync()
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        await connection.OpenAsync();
        await using (var plan = new NpgsqlCommand("set enable_seqscan = off; set enable_bitmapscan = off; set jit = off", connection))
        {
            await plan.ExecuteNonQueryAsync();
        }

        await using var inHand = new NpgsqlCommand(InHand, connection) { Parameters = { new() { Value = RelaisSystem.SenderId } } };
        await inHand.PrepareAsync();
        while (Sent == 0 && Stopwatch.GetElapsedTime(start) < Limit)
        {
            await Task.Delay(5);
        }

        var began = Stopwatch.GetTimestamp();
        samples.Add(new SendSample(0, 0, 0));
        for (var step = 1; Stopwatch.GetElapsedTime(began) < Limit; step++)
        {
            MostInHand = Math.Max(MostInHand, (int)(await inHand.ExecuteScalarAsync())!);
            InHandSamples++;
            if (samples[^1].At + 1 <= Stopwatch.GetElapsedTime(began).TotalSeconds || Sent == count)
            {
                var sample = await SampleAsync(connection, began);
                if (sample.Recorded == count || samples[^1].At + 1 <= sample.At)
                {
                    samples.Add(sample);
                }

                if (sample.Recorded == count)
                {
                    return;
                }
            }

            var next = (step * Step) - Stopwatch.GetElapsedTime(began);
            await Task.Delay(next > TimeSpan.Zero ? next : TimeSpan.FromMilliseconds(1));
        }
    }

    public Task<long> AnalyzedAsync() => database.OneAsync<long>(Analyzed);

    /// <summary>The statement sees what is committed when it begins, which is the moment that the acceptances are counted for.</summary>
    private async Task<SendSample> SampleAsync(NpgsqlConnection connection, long began)
    {
        await using var recorded = new NpgsqlCommand(Recorded, connection);
        var (at, sent) = (Stopwatch.GetElapsedTime(began).TotalSeconds, Sent);
        return new SendSample(at, sent, (int)(await recorded.ExecuteScalarAsync())! - earlier);
    }
}
