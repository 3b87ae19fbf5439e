namespace Relais.Simulators;

/// <summary>A status of a message.</summary>
/// <param name="After">time since the previous status</param>
/// <param name="ErrorCode">Twilio error code; 0: none</param>
internal readonly record struct StatusStep(TimeSpan After, MessageStatus Status, int ErrorCode);

/// <summary>Plans the statuses of a message and the times between them.</summary>
internal static class StatusPlan
{
    public static IReadOnlyList<StatusStep> Create(Outcome outcome, DeliverySettings settings)
    {
        var steps = new List<StatusStep>(4) { Step(settings.SendingMs, MessageStatus.Sending) };
        if (outcome.Final == MessageStatus.Failed)
        {
            steps.Add(Step(settings.SentMs, MessageStatus.Failed, outcome.Code));
            return steps;
        }

        steps.Add(Step(settings.SentMs, MessageStatus.Sent));
        if (outcome.Final is MessageStatus.Delivered or MessageStatus.Read or MessageStatus.Undelivered)
        {
            var last = outcome.Final == MessageStatus.Undelivered ? MessageStatus.Undelivered : MessageStatus.Delivered;
            steps.Add(Step(settings.DeliveredMs, last, outcome.Code));
        }

        if (outcome.Final == MessageStatus.Read)
        {
            steps.Add(Step(settings.ReadMs, MessageStatus.Read));
        }

        return steps;
    }

    private static StatusStep Step(int milliseconds, MessageStatus status, int code = 0) =>
        new(TimeSpan.FromMilliseconds(milliseconds), status, code);
}
