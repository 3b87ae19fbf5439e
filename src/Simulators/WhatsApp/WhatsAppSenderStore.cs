using System.Text.Json.Nodes;

namespace Relais.Simulators;

/// <summary>Stores the WhatsApp senders of all accounts. A new sender or a change takes effect after a delay, as at Twilio.</summary>
internal sealed class WhatsAppSenderStore(Simulation simulation)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SimulatedWhatsAppSender> senders = new(StringComparer.Ordinal);

    /// <param name="accountSid">owner; null: all accounts</param>
    public IReadOnlyList<SimulatedWhatsAppSender> Of(string? accountSid)
    {
        lock (gate)
        {
            return
            [
                .. senders.Values.Where(sender => accountSid is null || sender.AccountSid == accountSid)
                    .OrderBy(sender => sender.Sid, StringComparer.Ordinal),
            ];
        }
    }

    public SimulatedWhatsAppSender? Find(string accountSid, string? sid) =>
        Of(accountSid).FirstOrDefault(sender => sender.Sid == sid);

    /// <summary>Adds the WhatsApp sender of a configured address, or updates its webhook. Ignores SMS numbers and the sandbox.</summary>
    public void Adopt(SimulatedSender sender)
    {
        if (!sender.Address.StartsWith("whatsapp:", StringComparison.Ordinal) || sender.Address == TwilioSimulatorOptions.Sandbox)
        {
            return;
        }

        lock (gate)
        {
            var whatsAppSender = senders.Values
                .FirstOrDefault(existing => existing.SenderId == sender.Address && existing.AccountSid == sender.AccountSid)
                ?? NewSender(sender.Address, sender.AccountSid) with
                {
                    Profile = new JsonObject { ["name"] = FirstNames.Of(sender.Address) },
                };
            var webhook = new JsonObject
            {
                ["callback_url"] = sender.InboundUrl,
                ["callback_method"] = "POST",
                ["fallback_url"] = sender.FallbackUrl,
            };
            senders[whatsAppSender.Sid] = whatsAppSender.With(new JsonObject { ["webhook"] = webhook });
        }
    }

    /// <summary>Creates a sender, which goes online after the delay.</summary>
    /// <returns>the new sender, or null when an account already has this address</returns>
    public SimulatedWhatsAppSender? Create(string senderId, string accountSid, JsonObject settings)
    {
        lock (gate)
        {
            if (senders.Values.Any(sender => sender.SenderId == senderId))
            {
                return null;
            }

            var created = NewSender(senderId, accountSid).With(settings) with
            {
                Status = SimulatedWhatsAppSender.Creating,
                QualityRating = null,
            };
            senders[created.Sid] = created;
            ScheduleChange(created.Sid, sender => sender with { Status = SimulatedWhatsAppSender.Online });
            return created;
        }
    }

    /// <summary>Applies the change to the sender after the delay.</summary>
    /// <returns>the changed sender, with the status that it has until then</returns>
    public SimulatedWhatsAppSender Update(SimulatedWhatsAppSender sender, JsonObject change)
    {
        lock (gate)
        {
            var present = senders[sender.Sid];
            var statusUntilThen = present.Status == SimulatedWhatsAppSender.Online ? SimulatedWhatsAppSender.Updating : present.Status;
            senders[sender.Sid] = present with { Status = statusUntilThen };
            ScheduleChange(sender.Sid, current => current.With(change) with
            {
                Status = current.Status == SimulatedWhatsAppSender.Updating ? SimulatedWhatsAppSender.Online : current.Status,
            });
            return present.With(change) with { Status = statusUntilThen };
        }
    }

    /// <summary>Changes the sender without delay. Throws when it does not exist.</summary>
    public SimulatedWhatsAppSender Change(string senderId, Func<SimulatedWhatsAppSender, SimulatedWhatsAppSender> with)
    {
        lock (gate)
        {
            var sid = senders.Values.FirstOrDefault(sender => sender.SenderId == senderId)?.Sid
                ?? throw new ArgumentException($"There is no WhatsApp sender {senderId}.", nameof(senderId));
            return Save(with(senders[sid]));
        }
    }

    /// <summary>Ends all delayed changes without applying them: their senders are online again.</summary>
    public void Settle()
    {
        lock (gate)
        {
            var unfinished = senders.Values
                .Where(sender => sender.Status is SimulatedWhatsAppSender.Updating or SimulatedWhatsAppSender.Creating)
                .ToList();
            foreach (var sender in unfinished)
            {
                Save(sender with { Status = SimulatedWhatsAppSender.Online });
            }
        }
    }

    private SimulatedWhatsAppSender NewSender(string senderId, string accountSid) =>
        new(senderId, accountSid) { Sid = $"XE{senders.Count + 1:x32}" };

    private void ScheduleChange(string sid, Func<SimulatedWhatsAppSender, SimulatedWhatsAppSender> change) =>
        simulation.Scheduler.Schedule(simulation.Clock.Now + TimeSpan.FromMilliseconds(simulation.Options.SenderUpdateMs), () =>
        {
            lock (gate)
            {
                Save(change(senders[sid]));
            }
        });

    private SimulatedWhatsAppSender Save(SimulatedWhatsAppSender sender)
    {
        senders[sender.Sid] = sender;
        var present = simulation.Accounts.Find(sender.AccountSid, sender.SenderId)?.Settings
            ?? new SimulatedSender(sender.SenderId, sender.AccountSid);
        simulation.Accounts.Add(present with
        {
            InboundUrl = WebhookText(sender, "callback_url"),
            FallbackUrl = WebhookText(sender, "fallback_url"),
        });
        return sender;
    }

    private static string? WebhookText(SimulatedWhatsAppSender sender, string name) =>
        sender.Webhook[name]?.GetValue<string>() is { Length: > 0 } text ? text : null;
}
