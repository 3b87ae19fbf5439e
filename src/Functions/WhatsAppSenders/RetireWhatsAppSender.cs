using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.WhatsAppSenders;

/// <summary>The sender's number once more, for nothing goes out by it any more.</summary>
internal sealed record RetireRequest([property: Required, JsonPropertyName("phone_number")] string? Number = null);

/// <summary>Takes a sender out of use, the sandbox too, once nothing needs it. At the provider it stays; what it sent and got stays here.</summary>
internal sealed class RetireWhatsAppSender(TenantDb db, TimeProvider time)
{
    private const string LockSender = "select id from senders where id = @Id and channel = 'whatsapp' for update";

    private const string CountUses = """
        select (select count(*)::int from campaigns where sender_id = @Id and status in ('starting', 'running', 'paused', 'cancelling')) as campaigns,
          (select count(*)::int from messages where stream_id = @Id and status = 'pending')
            + (select count(*)::int from messages where sender_id = @Id and status in ('claimed', 'unknown'))
            + (select count(*)::int from messages where sender_id = @Id and status = 'retry') as messages
        """;

    private const string SetRetired = "update senders set retired_at = @Now where id = @Id";

    private sealed record UseRow
    {
        public required int Campaigns { get; init; }
        public required int Messages { get; init; }
    }

    /// <returns>The sender as it is retired, also when it was before.</returns>
    public Task<Result<WhatsAppSenderView>> RunAsync(Caller caller, Guid senderId, RetireRequest request, CancellationToken ct) =>
        db.RunAsync(caller.TenantId, tx => RetireAsync(tx, caller, senderId, request, ct), ct);

    private async Task<Result<WhatsAppSenderView>> RetireAsync(NpgsqlTransaction tx, Caller caller, Guid senderId, RetireRequest request, CancellationToken ct)
    {
        await tx.QueryOneAsync<Guid?>(LockSender, new { Id = senderId }, ct);
        var row = await WhatsAppSenderRow.FindAsync(tx, caller.TenantId, senderId, ct, retired: true);
        if (row is null)
        {
            return WhatsAppFailures.NotFound();
        }

        var faults = new Faults()
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

        if (await CountUsesAsync(tx, senderId, ct) is { Count: > 0 } use)
        {
            return WhatsAppFailures.InUse(use);
        }

        var now = time.GetUtcNow();
        await tx.ExecuteAsync(SetRetired, new { Id = senderId, Now = now.UtcDateTime }, ct);
        var change = new AuditEntry("sender.retire", "sender", senderId.ToString(), new { Sid = row.ProviderSid, row.Status }, new { Status = "retired" });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return (await WhatsAppSenderRow.FindAsync(tx, caller.TenantId, senderId, ct, retired: true))!.ToView();
    }

    private static async Task<Dictionary<string, string[]>> CountUsesAsync(NpgsqlTransaction tx, Guid senderId, CancellationToken ct)
    {
        var use = (await tx.QueryOneAsync<UseRow>(CountUses, new { Id = senderId }, ct))!;
        var counts = new[] { ("campaigns", use.Campaigns), ("messages", use.Messages) };
        return counts.Where(count => count.Item2 > 0).ToDictionary(count => count.Item1, count => new[] { $"{count.Item2}" });
    }
}
