namespace Relais.Access.Tokens;

/// <summary>
/// The issuer's keys, remembered. At most one call at a time goes out, however many requests want it, and after its end none for
/// some seconds: neither tokens with invented key ids nor an issuer that is away become a pile of calls. Keys that are no longer
/// fresh are read anew before they count again; while the issuer is away the last ones stay good for a day.
/// </summary>
internal sealed partial class IssuerKeys(IssuerDocuments documents, TimeProvider time, ILogger<IssuerKeys> logger)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(24);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private KeySet? known;
    private DateTimeOffset readAt;
    private DateTimeOffset nextCall;
    private Task? reading;

    /// <summary>The keys, read anew when they are not fresh or this one is not among them; null when the issuer was not reached for a day.</summary>
    /// <param name="keyId">As the token names it.</param>
    /// <param name="ct">Ends the wait, not the call that others wait for too.</param>
    public async Task<KeySet?> ForAsync(string? keyId, CancellationToken ct)
    {
        if (Look(keyId) is { } underWay)
        {
            await underWay.WaitAsync(ct);
        }

        lock (gate)
        {
            return time.GetUtcNow() - readAt <= GoodFor ? known : null;
        }
    }

    /// <summary>The call to wait for; null when there is nothing to wait for.</summary>
    private Task? Look(string? keyId)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (known?.Knows(keyId) == true && now - readAt <= FreshFor)
            {
                return null;
            }

            if (reading is null && now >= nextCall)
            {
                reading = Task.Run(ReadAsync, CancellationToken.None);
            }

            return reading;
        }
    }

    private async Task ReadAsync()
    {
        KeySet? keys = null;
        try
        {
            keys = await documents.ReadAsync();
        }
        catch (IssuerFault fault)
        {
            Log.NotRead(logger, fault.Word);
        }
        finally
        {
            lock (gate)
            {
                var now = time.GetUtcNow();
                (known, readAt) = keys is null ? (known, readAt) : (keys, now);
                (reading, nextCall) = (null, now + Pause);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The keys of the token issuer could not be read: {Fault}")]
        public static partial void NotRead(ILogger logger, string fault);
    }
}
