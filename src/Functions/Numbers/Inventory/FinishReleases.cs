using Microsoft.Azure.Functions.Worker;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <summary>Runs every minute and retries releases that were interrupted or that the provider did not answer.</summary>
internal sealed partial class FinishReleases(SystemDb db, FinishRelease finish, ILogger<FinishReleases> logger)
{
    private const int MaxNumbers = 200;

    // The random order keeps numbers that always fail from delaying all the others.
    private const string SelectReleasing = """
        select id, tenant_id from phone_numbers where state = 'releasing' order by random() limit @Limit
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
    }

    [Function(nameof(FinishReleases))]
    public async Task RunAsync([TimerTrigger("50 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken ct)
    {
        var numbers = await db.RunAsync(tx => tx.QueryAsync<Row>(SelectReleasing, new { Limit = MaxNumbers }, ct), ct);
        await ForEachIsolated.ForEachAsync(
            numbers,
            maxParallel: 1,
            (number, token) => finish.RunAsync(number.TenantId, number.Id, token),
            (number, e) => Log.ReleaseFailed(logger, e, number.Id),
            ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The release of number {NumberId} failed; the next attempt starts in a minute")]
        public static partial void ReleaseFailed(ILogger logger, Exception e, Guid numberId);
    }
}
