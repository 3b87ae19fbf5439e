namespace Relais.Simulators;

/// <summary>Decides whether a well-formed message is accepted, and stores it with its outcome.</summary>
internal sealed class MessageValidation(Simulation simulation)
{
    private static readonly TimeSpan FreeTextWindow = TimeSpan.FromHours(24);
    private static readonly TimeSpan MaxSmsBacklog = TimeSpan.FromHours(10);

    // The sandbox accepts one message in three seconds. Two messages may arrive a little closer together than they were sent.
    private static readonly TimeSpan MinSandboxGap = TimeSpan.FromSeconds(3) - TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly Dictionary<Sender, long> lastSandboxArrivals = [];

    /// <returns>the sender, or the error to answer with; exactly one of the two is null</returns>
    public (Sender? Sender, TwilioFault? Fault) FindSender(SimulatedAccount account, MessageForm form)
    {
        if (form.ServiceSid is { } service)
        {
            return !simulation.Accounts.HasService(account.Sid, service)
                ? (null, TwilioFault.BadRequest(21701, "The Messaging Service does not exist."))
                : simulation.Accounts.FindInService(account.Sid, service, form.IsWhatsApp) is { } pooled
                    && (form.From.Length == 0 || form.From == pooled.Address)
                    ? (pooled, null)
                    : (null, TwilioFault.BadRequest(21703, "The Messaging Service does not have a suitable sender."));
        }

        var isWhatsApp = form.From.StartsWith("whatsapp:", StringComparison.Ordinal);
        if (isWhatsApp != form.IsWhatsApp)
        {
            return isWhatsApp && simulation.Accounts.Find(account.Sid, form.From) is not null
                ? (null, TwilioFault.BadRequest(21910, "Invalid From and To pair. From and To should be of the same channel"))
                : (null, TwilioFault.BadRequest(form.IsWhatsApp ? 63007 : 21606, SenderNotFoundText(form.From, form.IsWhatsApp)));
        }

        if (form.From == "+15005550008")
        {
            return (null, TwilioFault.BadRequest(21611, "This 'From' number has exceeded the maximum number of queued messages"));
        }

        return simulation.Accounts.Find(account.Sid, form.From) is { } sender
            ? (sender, null)
            : (null, TwilioFault.BadRequest(isWhatsApp ? 63007 : 21606, SenderNotFoundText(form.From, isWhatsApp)));
    }

    /// <returns>the error for an opt-out or a full queue; null when the message can be accepted</returns>
    public TwilioFault? FindFault(Sender sender, MessageForm form)
    {
        if (simulation.OptOuts.Contains(sender, form.To))
        {
            return TwilioFault.BadRequest(21610, "Attempt to send to unsubscribed recipient");
        }

        return !sender.IsWhatsApp && form.ServiceSid is null && sender.Backlog(simulation.Clock.Now) > MaxSmsBacklog
            ? TwilioFault.BadRequest(21611, $"This 'From' number {sender.Address} has exceeded the maximum number of queued messages")
            : null;
    }

    /// <summary>Stores the message.</summary>
    /// <returns>the message, and the time at which it leaves the queue of its sender</returns>
    public (Message Message, DateTimeOffset Slot) Accept(Sender sender, MessageForm form, Outcome outcome, long arrivedMicroseconds)
    {
        var now = simulation.Clock.Now;
        var (body, isComplete) = Render(form);
        var segments = Segments.Count(body);
        var slot = sender.TakeSlot(form.SendAt ?? now, segments);
        var errorCode = FindLateError(sender, form, isComplete, arrivedMicroseconds)
            ?? (slot - now > form.Validity && form.SendAt is null ? 30036 : null);
        var message = simulation.Messages.Add((sid, number) => new Message
        {
            Sid = form.MediaUrls.Count > 0 ? "MM" + sid[2..] : sid,
            Number = number,
            Sender = sender,
            Contact = form.To,
            Direction = Direction.OutboundApi,
            CreatedAt = now,
            UpdatedAt = now,
            ArrivedMicroseconds = arrivedMicroseconds,
            Outcome = errorCode is { } code
                ? Outcome.Failed(code) with { Callbacks = outcome.Callbacks, Wire = outcome.Wire }
                : outcome,
            Body = body,
            StatusCallback = form.StatusCallback,
            ServiceSid = form.ServiceSid,
            Segments = (byte)Math.Min(255, segments),
            Media = (byte)form.MediaUrls.Count,
            Status = form.SendAt is not null ? MessageStatus.Scheduled
                : form.ServiceSid is not null ? MessageStatus.Accepted
                : MessageStatus.Queued,
        });
        return (message, errorCode == 30036 ? now + form.Validity : slot);
    }

    public void Clear()
    {
        lock (gate)
        {
            lastSandboxArrivals.Clear();
        }
    }

    /// <returns>the code with which WhatsApp or the sandbox rejects the message after Twilio has accepted it; null: no error</returns>
    private int? FindLateError(Sender sender, MessageForm form, bool isComplete, long arrivedMicroseconds)
    {
        if (!sender.IsWhatsApp)
        {
            return null;
        }

        if (sender.IsSandbox && !simulation.SandboxMembers.Has(sender.Account.Sid, form.To))
        {
            return 63015;
        }

        if (sender.IsSandbox && IsTooSoon(sender, arrivedMicroseconds))
        {
            return 63018;
        }

        return form.ContentSid is null && sender.Settings.EnforceWindow && !HasOpenWindow(sender, form.To) ? 63016
            : isComplete ? null
            : 63028;
    }

    private bool HasOpenWindow(Sender sender, string contact) => simulation.Messages.MessagesOf(contact).Any(message =>
        message.Direction == Direction.Inbound
        && ReferenceEquals(message.Sender, sender)
        && simulation.Clock.Now - message.CreatedAt < FreeTextWindow);

    private bool IsTooSoon(Sender sender, long arrivedMicroseconds)
    {
        lock (gate)
        {
            var isTooSoon = lastSandboxArrivals.TryGetValue(sender, out var last)
                && arrivedMicroseconds - last < MinSandboxGap.TotalMicroseconds;
            if (!isTooSoon)
            {
                lastSandboxArrivals[sender] = arrivedMicroseconds;
            }

            return isTooSoon;
        }
    }

    private (string Body, bool IsComplete) Render(MessageForm form)
    {
        if (form.ContentSid is not { } sid)
        {
            return (form.Body, true);
        }

        return simulation.Options.Templates.TryGetValue(sid, out var template)
            ? ContentTemplate.Render(template, ContentTemplate.Variables(form.ContentVariables) ?? new Dictionary<string, string>())
            : ($"[{sid}] {form.ContentVariables}", true);
    }

    private static string SenderNotFoundText(string from, bool isWhatsApp) => isWhatsApp
        ? "Twilio could not find a Channel with the specified From address"
        : $"The 'From' phone number provided ({from}) is not a valid message-capable Twilio phone number for this destination/account.";
}
