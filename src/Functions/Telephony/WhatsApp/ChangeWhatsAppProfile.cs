using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Telephony.WhatsApp;

/// <summary>Hands a change of the business profile to the provider, which applies it later: until it is seen, the sender is updating.</summary>
internal sealed class ChangeWhatsAppProfile(TenantDb db, RegisteredSender senders, IWhatsAppSenders provider, WebhookTargets targets, TimeProvider time)
{
    public async Task<Result<WhatsAppSenderView>> RunAsync(Caller caller, Guid senderId, ProfileRequest request, CancellationToken ct)
    {
        if (request.FailureOf() is { } invalid)
        {
            return invalid;
        }

        var sender = await senders.FindAsync(caller.TenantId, senderId, ct);
        if (sender.Failure is { } failure)
        {
            return failure;
        }

        var changed = await provider.ChangeProfileAsync(sender.Value.Account.Provider, sender.Value.Sid, request.ToProfile());
        return changed.Failure is { } refused
            ? WhatsAppFailures.Of(refused)
            : await db.RunAsync(caller.TenantId, async tx =>
            {
                var now = time.GetUtcNow();
                await StoredSenders.KeepAsync(tx, caller.TenantId, senderId, changed.Value with { Status = WhatsAppSenderRow.Updating }, now, ct);
                var before = sender.Value.Row.Profile is { } known ? Json.Read<WhatsAppProfile>(known) : null;
                await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, new Change("sender.profile", "sender", senderId.ToString(), before, request), ct);
                return (await WhatsAppSenderRow.FindAsync(tx, caller.TenantId, senderId, ct))!.ToView(targets);
            }, ct);
    }
}
