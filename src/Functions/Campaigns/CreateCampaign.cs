using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Campaigns;

internal sealed class CreateCampaign(TenantDb db, TimeProvider time)
{
    private const string SelectSender = """
        select s.channel, t.time_zone
        from tenants t
        left join senders s on s.id = @SenderId and s.retired_at is null
        """;

    private const string ImportExists = "select exists (select from contact_imports where id = @ImportId)";

    private const string InsertCampaign = $"""
        insert into campaigns (id, tenant_id, sender_id, name, audience, message1, message2, reply_window_hours, scheduled_at,
          hours_from, hours_to, time_zone, expires_at, created_at)
        values (@Id, @TenantId, @SenderId, @Name, @Audience::jsonb, @Message1::jsonb, @Message2::jsonb, @ReplyWindowHours, @ScheduledAt,
          @HoursFrom::time, @HoursTo::time, @TimeZone, @ExpiresAt, @Now)
        returning {CampaignRow.Columns}
        """;

    private sealed class SenderRow
    {
        public string? Channel { get; init; }
        public required string TimeZone { get; init; }
    }

    public Task<Result<CampaignView>> RunAsync(Caller caller, CampaignRequest request, CancellationToken ct) =>
        db.RunAsync<Result<CampaignView>>(caller.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            var sender = await tx.QueryOneAsync<SenderRow>(SelectSender, new { request.SenderId }, ct);
            var faults = new Dictionary<string, string[]>(CampaignValidation.Validate(request, sender?.Channel, now));
            if (request.Audience?.ImportId is { } importId && !await tx.QueryOneAsync<bool>(ImportExists, new { ImportId = importId }, ct))
            {
                faults.TryAdd("audience.importId", ["is not an import of this tenant"]);
            }

            if (request.TimeZone is { } zone && !await DatabaseTimeZones.ContainsAsync(tx, zone, ct))
            {
                faults.TryAdd("timeZone", ["must be a time zone such as Africa/Conakry"]);
            }

            if (faults.Count > 0)
            {
                return Failure.InvalidBody(faults);
            }

            var row = await tx.QueryOneAsync<CampaignRow>(InsertCampaign, Parameters(caller.TenantId, request, sender!.TimeZone, now), ct);
            var audit = new AuditEntry(
                "campaign.create", "campaign", row!.Id.ToString(), After: new { row.Status, row.Name, row.SenderId });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, audit, ct);
            return row.ToView(CampaignTotals.From(new Dictionary<string, long>()));
        }, ct);

    private static object Parameters(Guid tenantId, CampaignRequest request, string timeZone, DateTimeOffset now) => new
    {
        Id = Guid.CreateVersion7(now),
        TenantId = tenantId,
        request.SenderId,
        Name = request.Name!.Trim(),
        Audience = Json.Write(request.Audience),
        Message1 = Json.Write(request.Message1),
        Message2 = request.Message2 is null ? null : Json.Write(request.Message2),
        ReplyWindowHours = request.ReplyWindowHours ?? 24,
        ScheduledAt = request.ScheduledAt?.UtcDateTime,
        HoursFrom = request.HoursFrom?.ToTimeSpan(),
        HoursTo = request.HoursTo?.ToTimeSpan(),
        TimeZone = request.TimeZone ?? timeZone,
        ExpiresAt = request.ExpiresAt?.UtcDateTime,
        Now = now.UtcDateTime,
    };
}
