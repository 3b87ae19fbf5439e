using System.Text.Json.Nodes;

namespace Relais.Simulators;

/// <summary>The WhatsApp senders of all accounts. A change takes a while, and until then counts for nothing.</summary>
internal sealed class WhatsAppSenderStore(Simulation simulation)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SimulatedWhatsAppSender> _senders = new(StringComparer.Ordinal);

    public IReadOnlyList<SimulatedWhatsAppSender> Of(string? accountSid)
    {
        lock (_gate)
        {
            return [.. _senders.Values.Where(sender => accountSid is null || sender.AccountSid == accountSid).OrderBy(sender => sender.Sid, StringComparer.Ordinal)];
        }
    }

    public SimulatedWhatsAppSender? Find(string accountSid, string? sid) => Of(accountSid).FirstOrDefault(sender => sender.Sid == sid);

    /// <summary>A WhatsApp address of an account is online, and calls where its settings say.</summary>
    public void Adopt(SimulatedSender sender)
    {
        if (!sender.Address.StartsWith("whatsapp:", StringComparison.Ordinal) || sender.Address == TwilioSimulatorOptions.Sandbox)
        {
            return;
        }

        lock (_gate)
        {
            var known = _senders.Values.FirstOrDefault(one => one.SenderId == sender.Address && one.AccountSid == sender.AccountSid)
                ?? New(sender.Address, sender.AccountSid) with { Profile = new JsonObject { ["name"] = FirstNames.Of(sender.Address) } };
            var webhook = new JsonObject { ["webhook"] = new JsonObject { ["callback_url"] = sender.InboundUrl, ["callback_method"] = "POST", ["fallback_url"] = sender.FallbackUrl } };
            _senders[known.Sid] = known.With(webhook);
        }
    }

    /// <returns>the new sender, or null when the address is somebody's already</returns>
    public SimulatedWhatsAppSender? Create(string senderId, string accountSid, JsonObject settings)
    {
        lock (_gate)
        {
            if (_senders.Values.Any(sender => sender.SenderId == senderId))
            {
                return null;
            }

            var created = New(senderId, accountSid).With(settings) with { Status = SimulatedWhatsAppSender.Creating, QualityRating = null };
            _senders[created.Sid] = created;
            Later(created.Sid, sender => sender with { Status = SimulatedWhatsAppSender.Online });
            return created;
        }
    }

    /// <returns>the sender as it will be, with the status that it has until then</returns>
    public SimulatedWhatsAppSender Update(SimulatedWhatsAppSender sender, JsonObject change)
    {
        lock (_gate)
        {
            var present = _senders[sender.Sid];
            var until = present.Status == SimulatedWhatsAppSender.Online ? SimulatedWhatsAppSender.Updating : present.Status;
            _senders[sender.Sid] = present with { Status = until };
            Later(sender.Sid, one => one.With(change) with { Status = one.Status == SimulatedWhatsAppSender.Updating ? SimulatedWhatsAppSender.Online : one.Status });
            return present.With(change) with { Status = until };
        }
    }

    /// <summary>Changes the sender at once.</summary>
    public SimulatedWhatsAppSender Change(string senderId, Func<SimulatedWhatsAppSender, SimulatedWhatsAppSender> with)
    {
        lock (_gate)
        {
            var sid = _senders.Values.FirstOrDefault(sender => sender.SenderId == senderId)?.Sid ?? throw new ArgumentException($"There is no sender {senderId}.", nameof(senderId));
            return Keep(with(_senders[sid]));
        }
    }

    /// <summary>Nothing is under way any more: who was being changed is online as before.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            foreach (var sender in _senders.Values.Where(sender => sender.Status is SimulatedWhatsAppSender.Updating or SimulatedWhatsAppSender.Creating).ToList())
            {
                Keep(sender with { Status = SimulatedWhatsAppSender.Online });
            }
        }
    }

    private SimulatedWhatsAppSender New(string senderId, string accountSid) => new(senderId, accountSid) { Sid = $"XE{_senders.Count + 1:x32}" };

    private void Later(string sid, Func<SimulatedWhatsAppSender, SimulatedWhatsAppSender> change) =>
        simulation.Agenda.Schedule(simulation.Clock.Now + TimeSpan.FromMilliseconds(simulation.Options.SenderUpdateMs), () =>
        {
            lock (_gate)
            {
                Keep(change(_senders[sid]));
            }
        });

    private SimulatedWhatsAppSender Keep(SimulatedWhatsAppSender sender)
    {
        _senders[sender.Sid] = sender;
        var present = simulation.Accounts.Find(sender.AccountSid, sender.SenderId)?.Settings ?? new SimulatedSender(sender.SenderId, sender.AccountSid);
        simulation.Accounts.Add(present with { InboundUrl = Text(sender, "callback_url"), FallbackUrl = Text(sender, "fallback_url") });
        return sender;
    }

    private static string? Text(SimulatedWhatsAppSender sender, string name) => sender.Webhook[name]?.GetValue<string>() is { Length: > 0 } text ? text : null;
}
