using System.Collections.Concurrent;

namespace Relais.Simulators;

/// <summary>Lets a share of the recipients answer automatically, each at most once for each sender.</summary>
internal sealed class AutoReplies(Simulation simulation)
{
    private readonly ConcurrentDictionary<(string Sender, string Contact), bool> considered = new();

    /// <summary>Schedules the answer to a delivered message, if the settings and the seed choose this recipient.</summary>
    public void ReplyIfDue(Message message)
    {
        var settings = simulation.Replies;
        if ((settings.Share <= 0 && settings.StopShare <= 0) || !considered.TryAdd((message.Sender.Address, message.Contact), true))
        {
            return;
        }

        var seed = simulation.Options.Seed;
        var roll = SeededRandom.Roll(seed, message.Contact, "replies");
        if (roll >= settings.StopShare + settings.Share || settings.Texts.Count == 0)
        {
            return;
        }

        var text = roll < settings.StopShare
            ? "STOP"
            : settings.Texts[(int)(SeededRandom.Roll(seed, message.Contact, "text") * settings.Texts.Count)];
        var delay = settings.MinDelayMs + ((settings.MaxDelayMs - settings.MinDelayMs) * SeededRandom.Roll(seed, message.Contact, "delay"));
        var inbound = new InboundMessage(message.Contact, message.Sender.Address, text) { AccountSid = message.Sender.Account.Sid };
        simulation.Scheduler.Schedule(
            simulation.Clock.Now + TimeSpan.FromMilliseconds(delay),
            () => _ = simulation.Inbound.ReceiveAsync(inbound, simulation.Stopping));
    }

    public void Clear() => considered.Clear();
}
