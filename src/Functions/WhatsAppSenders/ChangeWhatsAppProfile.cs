using Npgsql;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.WhatsAppSenders;

/// <summary>
/// Sends a change of the business profile to the provider, which applies it later. The sender has the status "updating" until a
/// synchronisation reads the new state.
/// </summary>
internal sealed class ChangeWhatsAppProfile(
    TenantDb db, FindRegisteredSender senders, IWhatsAppSenderProvider provider, RouterUrls targets, TimeProvider time)
{
    private static readonly Actor Job = Actor.System("change-whatsapp-profile");

    public async Task<Result<WhatsAppSenderView>> RunAsync(Caller caller, Guid senderId, ProfileRequest request, CancellationToken ct)
    {
        if (request.Validate() is { } invalid)
        {
            return invalid;
        }

        var sender = await senders.FindAsync(caller.TenantId, senderId, ct);
        if (sender.Failure is { } failure)
        {
            return failure;
        }

        // Write the audit entry before the call: if the response is lost, the provider may still have made the change.
        var previous = sender.Value.Row.Profile is { } stored ? Json.Read<WhatsAppProfile>(stored) : null;
        var change = new AuditEntry("sender.profile", "sender", senderId.ToString(), previous, request);
        await db.RunAsync(
            caller.TenantId,
            tx => AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), change, ct),
            ct);
        var changed = await provider.ChangeProfileAsync(sender.Value.Account.Credentials, sender.Value.Sid, request.ToProfile());
        return await db.RunAsync(caller.TenantId, tx => StoreResultAsync(tx, caller.TenantId, senderId, changed, ct), ct);
    }

    private async Task<Result<WhatsAppSenderView>> StoreResultAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid senderId, ProviderResult<WhatsAppSender> changed, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var result = new AuditEntry("sender.profile_end", "sender", senderId.ToString(), After: ChangeOutcome.From(changed));
        await AuditTrail.WriteAsync(tx, tenantId, Job, now, result, ct);
        if (changed.Failure is { } refused)
        {
            return WhatsAppFailures.From(refused);
        }

        await StoredWhatsAppSenders.UpdateFromProviderAsync(
            tx, tenantId, senderId, changed.Value with { Status = WhatsAppSenderRow.Updating }, targets, now, ct);
        return (await WhatsAppSenderRow.FindAsync(tx, tenantId, senderId, ct, retired: true))!.ToView();
    }
}
