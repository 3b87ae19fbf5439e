using System.Globalization;

namespace Relais.Benchmarks;

/// <summary>The state of the send path at one moment, counted from outside the app.</summary>
/// <param name="At">Seconds since the first message was accepted.</param>
/// <param name="Sent">Messages that the provider has accepted.</param>
/// <param name="Recorded">Messages whose outcome is committed in the database.</param>
internal sealed record SendSample(double At, int Sent, int Recorded)
{
    public int Gap => Sent - Recorded;
}

/// <summary>One second of a run: the difference of two samples, and the gap at its end.</summary>
internal sealed record SendSecond(int Second, double SentPerSecond, double RecordedPerSecond, int Sent, int Recorded, int Gap)
{
    public static SendSecond Between(int second, SendSample before, SendSample after)
    {
        var length = after.At - before.At;
        return new SendSecond(
            second, (after.Sent - before.Sent) / length, (after.Recorded - before.Recorded) / length, after.Sent, after.Recorded, after.Gap);
    }

    /// <summary>How far recorded is behind sent, of all that was sent so far.</summary>
    public double GapShare => Sent == 0 ? 0 : (double)Gap / Sent;

    /// <summary>How far the recorded of this second fell behind the sent of this second.</summary>
    public double Lag => SentPerSecond == 0 ? 0 : 1 - (RecordedPerSecond / SentPerSecond);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"    {Second,4} s   sent {SentPerSecond,6:N0}/s   recorded {RecordedPerSecond,6:N0}/s   gap {Gap,4}   {GapShare,6:P1} of all sent");
}

/// <summary>What one run came to.</summary>
/// <param name="MostInHand">Most rows in status claimed at once, seen every 50 ms: waiting to leave, under way, or accepted and not recorded.</param>
/// <param name="MostUnrecorded">Largest gap between accepted and recorded at the end of any second.</param>
/// <param name="WorstGapShare">Largest gap of any second as a share of all that was sent so far.</param>
/// <param name="WorstLag">Of the whole seconds between the first and the last: how far recorded fell behind sent within one.</param>
/// <param name="Analyzed">How often a table of this run was analysed, by autovacuum or anything else.</param>
internal sealed record SendFigures(
    bool Callbacks, int Messages, int Accepted, int Recorded, int SentTwice, double Seconds, double SentPerSecond, double RecordedPerSecond, int MostInHand, int InHandSamples,
    int MostUnrecorded, double WorstGapShare, double WorstLag, long Analyzed, double RawLoopPerSecond, IReadOnlyList<SendSecond> EachSecond);
