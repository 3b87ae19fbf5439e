namespace Relais.Access.Tokens;

/// <summary>
/// The issuer's keys, remembered. At most one call at a time goes out, however many requests want it, and after its end none for
/// some seconds: neither tokens with invented key ids nor an issuer that is away become a pile of calls. Keys once read stay good
/// while the issuer is away.
/// </summary>
internal sealed partial class IssuerKeys(IssuerDocuments documents, TimeProvider time, ILogger<IssuerKeys> logger)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private KeySet? known;
    private DateTimeOffset readAt;
    private DateTimeOffset nextCall;
    private Task? reading;

    /// <summary>The keys, read anew when this one is not among them; null when the issuer was never reached.</summary>
    /// <param name="keyId">As the token names it.</param>
    /// <param name="ct">Ends the wait, not the call that others wait for too.</param>
    public async Task<KeySet?> ForAsync(string? keyId, CancellationToken ct)
    {
        var (keys, underWay) = Look(keyId);
        if (underWay is null || keys?.Knows(keyId) == true)
        {
            return keys;
        }

        await underWay.WaitAsync(ct);
        lock (gate)
        {
            return known;
        }
    }

    private (KeySet? Keys, Task? UnderWay) Look(string? keyId)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            var wanted = known is null || !known.Knows(keyId) || now - readAt > FreshFor;
            if (wanted && reading is null && now >= nextCall)
            {
                reading = Task.Run(ReadAsync, CancellationToken.None);
            }

            return (known, reading);
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
