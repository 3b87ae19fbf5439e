using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <summary>The number once more, because there is no way back.</summary>
internal sealed record ReleaseRequest([property: Required, JsonPropertyName("phone_number")] string? Number = null);

/// <summary>Gives a number back to the provider. That it is meant is committed first; what is interrupted after that is finished by <see cref="FinishReleases"/>.</summary>
internal sealed class ReleaseNumber(TenantDb db, FinishRelease finish, RouterUrls targets, TimeProvider time)
{
    private const string SelectNumber = $"select {NumberRow.Columns} from phone_numbers where id = @Id";

    private const string CountUses = """
        select (select count(*)::int from campaigns where sender_id = @SenderId and status in ('starting', 'running', 'paused', 'cancelling')) as campaigns,
          (select count(*)::int from messages where stream_id = @SenderId and status = 'pending')
            + (select count(*)::int from messages where sender_id = @SenderId and status in ('claimed', 'unknown'))
            + (select count(*)::int from messages where sender_id = @SenderId and status = 'retry') as messages,
          (select count(*)::int from senders where address = any(address_spellings(@Number)) and id <> @SenderId and retired_at is null) as senders,
          (select count(*)::int from number_orders where number = @Number and status not in ('done', 'failed')) as orders
        """;

    // nothing new is sent while it goes
    private const string SetReleasing = """
        with number as (
          update phone_numbers set state = 'releasing' where id = @Id and state = 'active' returning sender_id
        )
        update senders set retired_at = @Now where id in (select sender_id from number)
        """;

    private sealed record UseRow
    {
        public required int Campaigns { get; init; }
        public required int Messages { get; init; }
        public required int Senders { get; init; }
        public required int Orders { get; init; }
    }

    /// <returns>The number as released, or still releasing where the provider cannot be reached.</returns>
    public async Task<Result<NumberView>> RunAsync(Caller caller, Guid id, ReleaseRequest request, CancellationToken ct)
    {
        var begun = await db.RunAsync(caller.TenantId, tx => BeginAsync(tx, caller, id, request, ct), ct);
        if (begun is not null)
        {
            return begun;
        }

        if (await finish.RunAsync(caller.TenantId, id, ct) is { } refused)
        {
            return refused;
        }

        return (await db.RunAsync(caller.TenantId, tx => tx.QueryOneAsync<NumberRow>(SelectNumber, new { Id = id }, ct), ct))!.ToView(targets);
    }

    private async Task<Failure?> BeginAsync(NpgsqlTransaction tx, Caller caller, Guid id, ReleaseRequest request, CancellationToken ct)
    {
        var row = await tx.QueryOneAsync<NumberRow>($"{SelectNumber} for update", new { Id = id }, ct);
        if (row is null)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberNotFound);
        }

        var faults = new Faults()
            .CheckPhoneNumber(request.Number)
            .Check("phone_number", request.Number is null || request.Number == row.Number, "is not the number that is to be released");
        if (faults.Failure is { } invalid)
        {
            return invalid;
        }

        if (row.State != "active")
        {
            return null;
        }

        if (await CountUsesAsync(tx, row, ct) is { Count: > 0 } use)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberInUse, faults: use);
        }

        var now = time.GetUtcNow();
        await tx.ExecuteAsync(SetReleasing, new { Id = id, Now = now.UtcDateTime }, ct);
        var change = new AuditEntry("number.release", "number", id.ToString(), new { row.State, Sid = row.ProviderSid, row.SenderId }, new { State = "releasing" });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return null;
    }

    private static async Task<Dictionary<string, string[]>> CountUsesAsync(NpgsqlTransaction tx, NumberRow row, CancellationToken ct)
    {
        var use = await tx.QueryOneAsync<UseRow>(CountUses, new { SenderId = row.SenderId ?? Guid.Empty, row.Number }, ct);
        var counts = new[] { ("campaigns", use!.Campaigns), ("messages", use.Messages), ("senders", use.Senders), ("orders", use.Orders) };
        return counts.Where(count => count.Item2 > 0).ToDictionary(count => count.Item1, count => new[] { $"{count.Item2}" });
    }
}
