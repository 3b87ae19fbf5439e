using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Campaigns;

internal sealed class GetStatistics(TenantDb db, TimeProvider time)
{
    private const string SelectStatistics = "select status, started_at, finished_at, statistics::text from campaigns where id = @Id";

    private sealed class Row
    {
        public required string Status { get; init; }
        public DateTime? StartedAt { get; init; }
        public DateTime? FinishedAt { get; init; }
        public string? Statistics { get; init; }
    }

    internal sealed record Output(Guid Id, string Status, bool Final, CampaignStatistics Current, CampaignStatistics? AtFinish);

    public Task<Result<Output>> RunAsync(Guid tenantId, Guid id, CancellationToken ct) =>
        db.RunAsync<Result<Output>>(tenantId, async tx =>
        {
            var row = await tx.QueryOneAsync<Row>(SelectStatistics, new { Id = id }, ct);
            if (row is null)
            {
                return CampaignFailures.NotFound();
            }

            var progress = CampaignTotals.From(await CampaignCounters.ReadAsync(tx, id, ct));
            var current = CampaignStatistics.From(progress, row.StartedAt, row.FinishedAt ?? time.GetUtcNow().UtcDateTime);
            var atFinish = row.Statistics is null ? null : Json.Read<CampaignStatistics>(row.Statistics);
            return new Output(id, row.Status, CampaignStatus.IsFinal(row.Status), current, atFinish);
        }, ct);
}
