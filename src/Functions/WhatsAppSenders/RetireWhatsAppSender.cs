using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.WhatsAppSenders;

/// <summary>Confirms the retirement of a sender by repeating its number, because a retired sender sends nothing any more.</summary>
/// <param name="Number">The sender's number.</param>
internal sealed record RetireRequest([property: Required, JsonPropertyName("phone_number")] string? Number = null);

/// <summary>
/// Retires a sender, or the sandbox, when no campaign and no message needs it. It stays registered at the provider, and its messages stay
/// in the database.
/// </summary>
internal sealed class RetireWhatsAppSender(TenantDb db, TimeProvider time)
{
    private const string LockSender = "select id from senders where id = @Id and channel = 'whatsapp' for update";

    private const string MarkRetired = "update senders set retired_at = @Now where id = @Id";

    /// <returns>The retired sender. A sender that was retired before is returned unchanged.</returns>
    public Task<Result<WhatsAppSenderView>> RunAsync(Caller caller, Guid senderId, RetireRequest request, CancellationToken ct) =>
        db.RunAsync(caller.TenantId, tx => RetireAsync(tx, caller, senderId, request, ct), ct);

    private async Task<Result<WhatsAppSenderView>> RetireAsync(
        NpgsqlTransaction tx, Caller caller, Guid senderId, RetireRequest request, CancellationToken ct)
    {
        await tx.QueryOneAsync<Guid?>(LockSender, new { Id = senderId }, ct);
        var row = await WhatsAppSenderRow.FindAsync(tx, caller.TenantId, senderId, ct, retired: true);
        if (row is null)
        {
            return WhatsAppFailures.NotFound();
        }

        var faults = new FaultList()
            .CheckPhoneNumber(request.Number)
            .Check("phone_number", request.Number is null || request.Number == row.Address, "is not the number of this sender");
        if (faults.Failure is { } invalid)
        {
            return invalid;
        }

        if (row.RetiredAt is not null)
        {
            return row.ToView();
        }

        if (await SenderUse.CountAsync(tx, senderId, ct) is { Count: > 0 } uses)
        {
            return WhatsAppFailures.InUse(uses);
        }

        var now = time.GetUtcNow();
        await tx.ExecuteAsync(MarkRetired, new { Id = senderId, Now = now.UtcDateTime }, ct);
        var change = new AuditEntry(
            "sender.retire", "sender", senderId.ToString(), new { Sid = row.ProviderSid, row.Status }, new { Status = "retired" });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return (await WhatsAppSenderRow.FindAsync(tx, caller.TenantId, senderId, ct, retired: true))!.ToView();
    }
}
