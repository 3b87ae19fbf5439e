using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Numbers.Inventory;

/// <summary>Repeats the number as a confirmation, because a release cannot be undone.</summary>
internal sealed record ReleaseRequest([property: Required, JsonPropertyName("phone_number")] string? Number = null);

/// <summary>
/// Releases a number permanently. The state releasing is committed before the provider is called; <see cref="FinishReleases"/> finishes a
/// release that was interrupted after that.
/// </summary>
internal sealed class ReleaseNumber(TenantDb db, FinishRelease finish, RouterUrls routerUrls, TimeProvider time)
{
    private const string SelectNumber = $"select {NumberRow.Columns} from phone_numbers where id = @Id";

    private const string CountOtherUses = """
        select (
            select count(*)::int from senders
            where address = any(address_spellings(@Number)) and id <> @SenderId and retired_at is null) as senders,
          (select count(*)::int from number_orders where number = @Number and status not in ('done', 'failed')) as orders
        """;

    // The sender retires in the same statement, so that no message is sent from a number that is being released.
    private const string SetReleasing = """
        with number as (
          update phone_numbers set state = 'releasing' where id = @Id and state = 'active' returning sender_id
        )
        update senders set retired_at = @Now where id in (select sender_id from number)
        """;

    private sealed record UseRow
    {
        public required int Senders { get; init; }
        public required int Orders { get; init; }
    }

    /// <returns>The number in state released, or in state releasing if the provider could not be reached.</returns>
    public async Task<Result<NumberView>> RunAsync(Caller caller, Guid id, ReleaseRequest request, CancellationToken ct)
    {
        var failure = await db.RunAsync(caller.TenantId, tx => BeginAsync(tx, caller, id, request, ct), ct)
            ?? await finish.RunAsync(caller.TenantId, id, ct);
        if (failure is not null)
        {
            return failure;
        }

        var row = await db.RunAsync(caller.TenantId, tx => tx.QueryOneAsync<NumberRow>(SelectNumber, new { Id = id }, ct), ct);
        return row!.ToView(routerUrls);
    }

    /// <returns>Why the number cannot be released; null: it is in state releasing, or was already released.</returns>
    private async Task<Failure?> BeginAsync(NpgsqlTransaction tx, Caller caller, Guid id, ReleaseRequest request, CancellationToken ct)
    {
        var row = await tx.QueryOneAsync<NumberRow>($"{SelectNumber} for update", new { Id = id }, ct);
        if (row is null)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberNotFound);
        }

        var faults = new FaultList()
            .CheckPhoneNumber(request.Number)
            .Check("phone_number", request.Number is null || request.Number == row.Number, "does not match the number to be released");
        if (faults.Failure is { } invalid)
        {
            return invalid;
        }

        if (row.State != NumberState.Active)
        {
            return null;
        }

        if (await CountUsesAsync(tx, row, ct) is { Count: > 0 } uses)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberInUse, faults: uses);
        }

        var now = time.GetUtcNow();
        await tx.ExecuteAsync(SetReleasing, new { Id = id, Now = now.UtcDateTime }, ct);
        var before = new { row.State, Sid = row.ProviderSid, row.SenderId };
        var change = new AuditEntry("number.release", "number", id.ToString(), before, new { State = NumberState.Releasing });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return null;
    }

    private static async Task<Dictionary<string, string[]>> CountUsesAsync(NpgsqlTransaction tx, NumberRow row, CancellationToken ct)
    {
        var senderId = row.SenderId ?? Guid.Empty;
        var others = (await tx.QueryOneAsync<UseRow>(CountOtherUses, new { SenderId = senderId, row.Number }, ct))!;
        return await SenderUse.CountAsync(tx, senderId, ct, ("senders", others.Senders), ("orders", others.Orders));
    }
}
