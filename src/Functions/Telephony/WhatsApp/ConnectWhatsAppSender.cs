using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Telephony.WhatsApp;

/// <summary>Points a sender's messages and reports at this installation, and looks whether the provider holds what was set.</summary>
internal sealed class ConnectWhatsAppSender(TenantDb db, RegisteredSender senders, IWhatsAppSenders provider, WebhookTargets targets, TimeProvider time)
{
    /// <summary>The provider applies changes by and by: how long that is waited for.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    internal TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <param name="Verified">False: the provider is still applying the change; synchronise later to see it.</param>
    internal sealed record Output(bool Verified, WhatsAppSenderView Sender);

    public async Task<Result<Output>> RunAsync(Caller caller, Guid senderId, CancellationToken ct)
    {
        var sender = await senders.FindAsync(caller.TenantId, senderId, ct);
        if (sender.Failure is { } failure)
        {
            return failure;
        }

        var changed = await provider.ConnectAsync(sender.Value.Account.Provider, sender.Value.Sid, targets.Expected);
        if (changed.Failure is { } refused)
        {
            return WhatsAppFailures.Of(refused);
        }

        var seen = await SeeAsync(sender.Value, ct);
        var view = await KeepAsync(caller, senderId, sender.Value.Row, seen ?? changed.Value with { Status = WhatsAppSenderRow.Updating }, seen is not null, ct);
        return new Output(seen is not null, view);
    }

    /// <summary>The answer to a change shows what is wanted; only the sender itself shows what is held.</summary>
    private async Task<WhatsAppSender?> SeeAsync(RegisteredSender.Found sender, CancellationToken ct)
    {
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < Patience;)
        {
            var fetched = await provider.FetchAsync(sender.Account.Provider, sender.Sid);
            if (fetched.Failure is null && fetched.Value.Status != WhatsAppSenderRow.Updating && SenderWebhooks.AreOurs(fetched.Value.Webhook, targets))
            {
                return fetched.Value;
            }

            await Task.Delay(Pause, time, ct);
        }

        return null;
    }

    private Task<WhatsAppSenderView> KeepAsync(Caller caller, Guid senderId, WhatsAppSenderRow before, WhatsAppSender seen, bool verified, CancellationToken ct) =>
        db.RunAsync(caller.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            await StoredSenders.KeepAsync(tx, caller.TenantId, senderId, seen, now, ct);
            var change = new Change("sender.connect", "sender", senderId.ToString(), before.ToView(targets).Webhook, new { CallbackUrl = targets.Expected.SmsUrl, Verified = verified });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            return (await WhatsAppSenderRow.FindAsync(tx, caller.TenantId, senderId, ct))!.ToView(targets);
        }, ct);
}
