namespace Relais.Simulators;

/// <summary>Brings what a recipient sends to the sender's webhook, and the answer back to the recipient.</summary>
internal sealed class InboundDelivery(Simulation simulation) : IDisposable
{
    private readonly SemaphoreSlim _atOnce = new(simulation.Options.MaxConcurrentCallbacks);
    private int _pending;

    public int Pending => Volatile.Read(ref _pending);

    public async Task<InboundResult> ReceiveAsync(InboundMessage inbound, CancellationToken ct)
    {
        var sender = simulation.Accounts.FindAny(inbound.To, inbound.AccountSid)
            ?? throw new ArgumentException($"There is no sender {inbound.To}.", nameof(inbound));
        Interlocked.Increment(ref _pending);
        await _atOnce.WaitAsync(ct);
        try
        {
            return await ReceiveAsync(sender, inbound, ct);
        }
        finally
        {
            _atOnce.Release();
            Interlocked.Decrement(ref _pending);
        }
    }

    public void Dispose() => _atOnce.Dispose();

    private async Task<InboundResult> ReceiveAsync(Sender sender, InboundMessage inbound, CancellationToken ct)
    {
        var message = simulation.Receive(sender, inbound);
        var keyword = OptOuts.Read(message.Body);
        if (sender.IsSandbox && Sandbox(message, keyword) is { } word)
        {
            simulation.Reply(message, word);
            return new(message.Sid, null, false, "", [word]);
        }

        var own = simulation.OptOuts.Apply(sender, message.Contact, keyword);
        if (own is not null)
        {
            simulation.Reply(message, own);
        }

        var optOutType = sender.Settings.AdvancedOptOut && keyword != Keyword.None ? keyword.ToString().ToUpperInvariant() : null;
        var (answer, usedFallback) = await CallAsync(sender, InboundForm.Of(inbound, message, optOutType), ct);
        var replies = answer is { IsSuccess: true } ? TwimlReplies.Of(answer.Body) : [];
        foreach (var reply in replies)
        {
            simulation.Reply(message, reply);
        }

        return new(message.Sid, answer?.Status, usedFallback, answer?.Body ?? "", own is null ? replies : [own, .. replies]);
    }

    /// <returns>the sandbox's own answer to someone who is no member, or is one just now; the webhook then hears nothing</returns>
    private string? Sandbox(Message message, Keyword keyword)
    {
        var account = message.Sender.Account.Sid;
        if (simulation.Members.IsJoin(message.Body))
        {
            simulation.Members.Join(account, message.Contact);
            return "Twilio Sandbox: ✅ You are all set! Reply stop to leave the sandbox any time.";
        }

        if (!simulation.Members.Has(account, message.Contact))
        {
            return $"Twilio Sandbox: ⚠️ Your number is not connected to a sandbox. Reply with join {simulation.Options.JoinCode} to connect.";
        }

        if (keyword != Keyword.Stop)
        {
            return null;
        }

        simulation.Members.Leave(account, message.Contact);
        return "Twilio Sandbox: You have left the sandbox.";
    }

    private async Task<(WebhookAnswer? Answer, bool UsedFallback)> CallAsync(Sender sender, List<KeyValuePair<string, string>> form, CancellationToken ct)
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
