namespace Relais.Simulators;

/// <summary>Moves accepted messages through their statuses over time, and sends the status callbacks.</summary>
internal sealed class MessageDelivery(Simulation simulation)
{
    /// <param name="slot">time at which the message leaves the queue of its sender</param>
    public void Start(Message message, DateTimeOffset slot) =>
        Schedule(message, StatusPlan.Create(message.Outcome, simulation.DeliverySettings), 0, slot);

    /// <summary>Sends the first callback immediately, before the request is answered, and schedules the other statuses.</summary>
    public async Task StartEarlyAsync(Message message, DateTimeOffset slot, CancellationToken ct)
    {
        var plan = StatusPlan.Create(message.Outcome, simulation.DeliverySettings);
        var first = 0;
        while (first < plan.Count
            && simulation.Messages.SetStatus(message, plan[first].Status, plan[first].ErrorCode)
            && !HasCallback(plan[first].Status))
        {
            first++;
        }

        if (first < plan.Count)
        {
            await simulation.Callbacks.SendAsync(message, plan[first].Status, plan[first].ErrorCode, ct);
            Schedule(message, plan, first + 1, slot);
        }
    }

    private void Schedule(Message message, IReadOnlyList<StatusStep> plan, int index, DateTimeOffset from)
    {
        if (index < plan.Count)
        {
            var due = from + plan[index].After;
            simulation.Scheduler.Schedule(due, () => ApplySteps(message, plan, index, due));
        }
    }

    private void ApplySteps(Message message, IReadOnlyList<StatusStep> plan, int index, DateTimeOffset due)
    {
        for (; index < plan.Count; index++)
        {
            var step = plan[index];
            if (!simulation.Messages.SetStatus(message, step.Status, step.ErrorCode))
            {
                return;
            }

            if (HasCallback(step.Status))
            {
                simulation.Callbacks.Post(message, step.Status, step.ErrorCode);
            }

            if (step.Status == MessageStatus.Delivered)
            {
                simulation.AutoReplies.ReplyIfDue(message);
            }

            if (index + 1 < plan.Count && due + plan[index + 1].After > simulation.Clock.Now)
            {
                Schedule(message, plan, index + 1, due);
                return;
            }

            due += index + 1 < plan.Count ? plan[index + 1].After : TimeSpan.Zero;
        }
    }

    private bool HasCallback(MessageStatus status) =>
        status != MessageStatus.Sending || simulation.DeliverySettings.SendingCallbacks;
}
