using Relais.Platform.Database;

namespace Relais.Privacy.Erasure;

/// <summary>
/// Reports are stored without waiting for erasures. Who began to store one before the erasure was there may still hold the number: once every
/// transaction of that time is over, a last look finds it. A long one of somebody else is not waited for, storing takes milliseconds.
/// </summary>
internal sealed class Bystanders(TenantDb db, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(2);

    private const string Newest = "select pg_snapshot_xmax(pg_current_snapshot())::text";

    private const string AreGone = "select pg_snapshot_xmin(pg_current_snapshot()) >= @Newest::xid8";

    public async Task PassAsync(Guid tenantId, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var newest = await db.RunAsync(tenantId, tx => tx.QueryOneAsync<string>(Newest, null, ct), ct);
        while (time.GetElapsedTime(started) < Most && !await db.RunAsync(tenantId, tx => tx.QueryOneAsync<bool>(AreGone, new { Newest = newest }, ct), ct))
        {
            await Task.Delay(Pause, time, ct);
        }
    }
}
