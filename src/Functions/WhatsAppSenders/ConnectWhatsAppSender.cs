using Npgsql;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.WhatsAppSenders;

/// <summary>Points a sender's messages and reports at this installation, and looks whether the provider holds what was set.</summary>
internal sealed class ConnectWhatsAppSender(TenantDb db, FindRegisteredSender senders, IWhatsAppSenderProvider provider, RouterUrls targets, TimeProvider time)
{
    private static readonly Actor Job = Actor.System("connect-whatsapp-sender");

    /// <summary>The provider applies changes by and by: how long that is waited for.</summary>
    internal TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(10);

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

        // a change whose answer is lost was made all the same: who wanted it is written first
        var change = new AuditEntry("sender.connect", "sender", senderId.ToString(), sender.Value.Row.ToView().Webhook, new { CallbackUrl = targets.Expected.SmsUrl });
        await db.RunAsync(caller.TenantId, tx => AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), change, ct), ct);
        var changed = await provider.ConnectAsync(sender.Value.Account.Provider, sender.Value.Sid, targets.Expected);
        var seen = changed.Failure is null ? await WaitUntilAppliedAsync(sender.Value, ct) : null;
        return await db.RunAsync(caller.TenantId, tx => StoreResultAsync(tx, caller.TenantId, senderId, changed, seen, ct), ct);
    }

    /// <summary>The answer to a change shows what is wanted; only the sender itself shows what is held.</summary>
    private async Task<WhatsAppSender?> WaitUntilAppliedAsync(FindRegisteredSender.RegisteredSender sender, CancellationToken ct)
    {
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < MaxWait;)
        {
            var fetched = await provider.FetchAsync(sender.Account.Provider, sender.Sid);
            if (fetched.Failure is null && fetched.Value.Status != WhatsAppSenderRow.Updating && SenderWebhooks.PointHere(fetched.Value.Webhook, targets))
            {
                return fetched.Value;
            }

            await Task.Delay(Pause, time, ct);
        }

        return null;
    }

    private async Task<Result<Output>> StoreResultAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid senderId, ProviderResult<WhatsAppSender> changed, WhatsAppSender? seen, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var outcome = ChangeOutcome.From(changed) with { Verified = seen is not null };
        await AuditTrail.WriteAsync(tx, tenantId, Job, now, new AuditEntry("sender.connect_end", "sender", senderId.ToString(), After: outcome), ct);
        if (changed.Failure is { } refused)
        {
            return WhatsAppFailures.From(refused);
        }

        await StoredWhatsAppSenders.UpdateFromProviderAsync(tx, tenantId, senderId, seen ?? changed.Value with { Status = WhatsAppSenderRow.Updating }, targets, now, ct);
        return new Output(seen is not null, (await WhatsAppSenderRow.FindAsync(tx, tenantId, senderId, ct, retired: true))!.ToView());
    }
}
