using System.Globalization;

namespace Relais.Benchmarks;

/// <summary>The totals of the send path at one moment, read from the simulator and the database.</summary>
/// <param name="At">seconds since the first message was accepted</param>
/// <param name="Sent">messages that the provider has accepted</param>
/// <param name="Recorded">messages whose outcome is committed in the database</param>
internal sealed record SendSample(double At, int Sent, int Recorded)
{
    public int Gap => Sent - Recorded;
}

/// <summary>One second of a run: the difference of two samples, and the gap at its end.</summary>
internal sealed record SendSecond(int Second, double SentPerSecond, double RecordedPerSecond, int Sent, int Recorded, int Gap)
{
    public static SendSecond Between(int second, SendSample before, SendSample after)
    {
        var duration = after.At - before.At;
        return new SendSecond(
            second, (after.Sent - before.Sent) / duration, (after.Recorded - before.Recorded) / duration,
            after.Sent, after.Recorded, after.Gap);
    }

    /// <summary>Sent messages that are not recorded yet, as a share of all messages sent so far.</summary>
    public double GapShare => Sent == 0 ? 0 : (double)Gap / Sent;

    /// <summary>Difference between the messages sent and recorded in this second, as a share of the messages sent.</summary>
    public double Lag => SentPerSecond == 0 ? 0 : 1 - (RecordedPerSecond / SentPerSecond);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"    {Second,4} s   sent {SentPerSecond,6:N0}/s   recorded {RecordedPerSecond,6:N0}/s   " +
        $"gap {Gap,4}   {GapShare,6:P1} of all sent");
}

/// <summary>The results of a run.</summary>
/// <param name="MostInHand">highest number of claimed messages (queued, under way, or not recorded yet), sampled every 50 ms</param>
/// <param name="MostUnrecorded">largest number of accepted messages not recorded at the end of a second</param>
/// <param name="WorstGapShare">largest share of all messages sent so far that were not recorded at the end of a second</param>
/// <param name="WorstLag">largest <see cref="SendSecond.Lag"/>, without the first and the last second</param>
/// <param name="Analyzed">number of times that a table was analysed, by autovacuum or by a command</param>
internal sealed record SendFigures(
    bool Callbacks,
    int Messages,
    int Accepted,
    int Recorded,
    int SentTwice,
    double Seconds,
    double SentPerSecond,
    double RecordedPerSecond,
    int MostInHand,
    int InHandSamples,
    int MostUnrecorded,
    double WorstGapShare,
    double WorstLag,
    long Analyzed,
    double RawLoopPerSecond,
    IReadOnlyList<SendSecond> EachSecond);
