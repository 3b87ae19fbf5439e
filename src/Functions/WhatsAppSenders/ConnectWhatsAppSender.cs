using Npgsql;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.WhatsAppSenders;

/// <summary>
/// Sets a sender's webhooks at the provider to this installation, so that it receives inbound messages and status reports, and verifies the
/// result.
/// </summary>
internal sealed class ConnectWhatsAppSender(
    TenantDb db, FindRegisteredSender senders, IWhatsAppSenderProvider provider, RouterUrls targets, TimeProvider time)
{
    private static readonly Actor Job = Actor.System("connect-whatsapp-sender");

    /// <summary>How long to wait for the provider, which applies changes asynchronously.</summary>
    internal TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The interval between two checks.</summary>
    internal TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <param name="Verified">False: the provider is still applying the change. A later synchronisation shows the result.</param>
    /// <param name="Sender">The sender after the change.</param>
    internal sealed record Output(bool Verified, WhatsAppSenderView Sender);

    public async Task<Result<Output>> RunAsync(Caller caller, Guid senderId, CancellationToken ct)
    {
        var sender = await senders.FindAsync(caller.TenantId, senderId, ct);
        if (sender.Failure is { } failure)
        {
            return failure;
        }

        // Write the audit entry before the call: if the response is lost, the provider may still have made the change.
        var previous = sender.Value.Row.ToView().Webhook;
        var change = new AuditEntry(
            "sender.connect", "sender", senderId.ToString(), previous, new { CallbackUrl = targets.Expected.SmsUrl });
        await db.RunAsync(
            caller.TenantId,
            tx => AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), change, ct),
            ct);
        var changed = await provider.ConnectAsync(sender.Value.Account.Credentials, sender.Value.Sid, targets.Expected);
        var applied = changed.Failure is null ? await WaitUntilAppliedAsync(sender.Value, ct) : null;
        return await db.RunAsync(caller.TenantId, tx => StoreResultAsync(tx, caller.TenantId, senderId, changed, applied, ct), ct);
    }

    /// <summary>
    /// Polls the sender until the provider has applied the webhooks. The response to the change is no proof: it only repeats the requested
    /// values.
    /// </summary>
    /// <returns>The sender with the new webhooks; null when they were not applied within <see cref="MaxWait"/>.</returns>
    private async Task<WhatsAppSender?> WaitUntilAppliedAsync(FindRegisteredSender.RegisteredSender sender, CancellationToken ct)
    {
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < MaxWait;)
        {
            var fetched = await provider.FetchAsync(sender.Account.Credentials, sender.Sid);
            if (fetched.Failure is null
                && fetched.Value.Status != WhatsAppSenderRow.Updating
                && SenderWebhooks.PointHere(fetched.Value.Webhook, targets))
            {
                return fetched.Value;
            }

            await Task.Delay(PollInterval, time, ct);
        }

        return null;
    }

    private async Task<Result<Output>> StoreResultAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid senderId, ProviderResult<WhatsAppSender> changed, WhatsAppSender? applied,
        CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var outcome = ChangeOutcome.From(changed) with { Verified = applied is not null };
        var result = new AuditEntry("sender.connect_end", "sender", senderId.ToString(), After: outcome);
        await AuditTrail.WriteAsync(tx, tenantId, Job, now, result, ct);
        if (changed.Failure is { } refused)
        {
            return WhatsAppFailures.From(refused);
        }

        var current = applied ?? changed.Value with { Status = WhatsAppSenderRow.Updating };
        await StoredWhatsAppSenders.UpdateFromProviderAsync(tx, tenantId, senderId, current, targets, now, ct);
        return new Output(applied is not null, (await WhatsAppSenderRow.FindAsync(tx, tenantId, senderId, ct, retired: true))!.ToView());
    }
}
