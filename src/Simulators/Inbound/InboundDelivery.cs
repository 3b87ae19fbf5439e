namespace Relais.Simulators;

/// <summary>Delivers inbound messages to the sender's webhook, and the TwiML replies of the webhook to the recipient.</summary>
internal sealed class InboundDelivery(Simulation simulation) : IDisposable
{
    private readonly SemaphoreSlim slots = new(simulation.Options.MaxConcurrentCallbacks);
    private int pending;

    /// <summary>Inbound messages whose webhook has not answered yet.</summary>
    public int Pending => Volatile.Read(ref pending);

    /// <summary>Stores the message, calls the webhook and stores its replies. Throws when the sender does not exist.</summary>
    public async Task<InboundResult> ReceiveAsync(InboundMessage inbound, CancellationToken ct)
    {
        var sender = simulation.Accounts.FindAny(inbound.To, inbound.AccountSid)
            ?? throw new ArgumentException($"There is no sender {inbound.To}.", nameof(inbound));
        Interlocked.Increment(ref pending);
        await slots.WaitAsync(ct);
        try
        {
            return await ReceiveAsync(sender, inbound, ct);
        }
        finally
        {
            slots.Release();
            Interlocked.Decrement(ref pending);
        }
    }

    public void Dispose() => slots.Dispose();

    private async Task<InboundResult> ReceiveAsync(Sender sender, InboundMessage inbound, CancellationToken ct)
    {
        var message = simulation.Receive(sender, inbound);
        var keyword = OptOuts.Read(message.Body);
        if (sender.IsSandbox && ApplyToSandbox(message, keyword) is { } sandboxReply)
        {
            simulation.Reply(message, sandboxReply);
            return new(message.Sid, null, false, "", [sandboxReply]);
        }

        var twilioReply = simulation.OptOuts.Apply(sender, message.Contact, keyword);
        if (twilioReply is not null)
        {
            simulation.Reply(message, twilioReply);
        }

        var optOutType = sender.Settings.AdvancedOptOut && keyword != Keyword.None
            ? keyword.ToString().ToUpperInvariant()
            : null;
        var (answer, usedFallback) = await CallAsync(sender, InboundForm.Of(inbound, message, optOutType), ct);
        var replies = answer is { IsSuccess: true } ? TwimlReplies.Of(answer.Body) : [];
        foreach (var reply in replies)
        {
            simulation.Reply(message, reply);
        }

        return new(
            message.Sid, answer?.Status, usedFallback, answer?.Body ?? "", twilioReply is null ? replies : [twilioReply, .. replies]);
    }

    /// <returns>the reply to a join, to a STOP or to a contact that has not joined; null: the message goes to the webhook</returns>
    private string? ApplyToSandbox(Message message, Keyword keyword)
    {
        var account = message.Sender.Account.Sid;
        if (simulation.SandboxMembers.IsJoin(message.Body))
        {
            simulation.SandboxMembers.Join(account, message.Contact);
            return "Twilio Sandbox: ✅ You are all set! Reply stop to leave the sandbox any time.";
        }

        if (!simulation.SandboxMembers.Has(account, message.Contact))
        {
            return "Twilio Sandbox: ⚠️ Your number is not connected to a sandbox. " +
                $"Reply with join {simulation.Options.JoinCode} to connect.";
        }

        if (keyword != Keyword.Stop)
        {
            return null;
        }

        simulation.SandboxMembers.Leave(account, message.Contact);
        return "Twilio Sandbox: You have left the sandbox.";
    }

    private async Task<(WebhookAnswer? Answer, bool UsedFallback)> CallAsync(
        Sender sender, List<KeyValuePair<string, string>> form, CancellationToken ct)
    {
        if (sender.Settings.InboundUrl is not { } url)
        {
            return (null, false);
        }

        var answer = await simulation.Webhooks.PostAsync(sender.Account, url, form, ct);
        if (answer.IsSuccess || sender.Settings.FallbackUrl is not { } fallback)
        {
            return (answer, false);
        }

        form.Add(new("ErrorCode", answer.Status == 0 ? "11205" : "11200"));
        form.Add(new("ErrorUrl", url));
        return (await simulation.Webhooks.PostAsync(sender.Account, fallback, form, ct), true);
    }
}
