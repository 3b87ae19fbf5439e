namespace Relais.Access.Tokens;

/// <summary>
/// The issuer's keys, remembered. At most one call at a time goes out, however many requests want it, and after its end none for
/// some seconds: neither forged tokens nor an issuer that is away become a pile of calls. Keys that are no longer fresh are read
/// anew before they count again; while the issuer is away the last ones stay good for a day, and nobody with one of them waits for it.
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
    private bool isAway;
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
            return IsGood ? known : null;
        }
    }

    /// <summary>Keys read after these, which did not verify a token: the issuer may have others under the same id, or under none.</summary>
    /// <param name="tried">As <see cref="ForAsync"/> gave them.</param>
    /// <param name="ct">Ends the wait, not the call that others wait for too.</param>
    /// <returns>Null when there are none, or none may be asked for yet.</returns>
    public async Task<KeySet?> AfterAsync(KeySet tried, CancellationToken ct)
    {
        Task? underWay;
        lock (gate)
        {
            underWay = known == tried ? Read() : null;
        }

        await (underWay ?? Task.CompletedTask).WaitAsync(ct);
        lock (gate)
        {
            return IsGood && known != tried ? known : null;
        }
    }

    private bool IsGood => time.GetUtcNow() - readAt <= GoodFor;

    /// <summary>The call to wait for; null when there is nothing to wait for.</summary>
    private Task? Look(string? keyId)
    {
        lock (gate)
        {
            var isKnown = known?.Knows(keyId) == true && IsGood;
            if (isKnown && time.GetUtcNow() - readAt <= FreshFor)
            {
                return null;
            }

            var underWay = Read();
            return isKnown && isAway ? null : underWay;
        }
    }

    /// <summary>The call that is under way, or a new one; null when it is too early for one. Only inside the gate.</summary>
    private Task? Read()
    {
        if (reading is null && time.GetUtcNow() >= nextCall)
        {
            reading = Task.Run(ReadAsync, CancellationToken.None);
        }

        return reading;
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
                (reading, nextCall, isAway) = (null, now + Pause, keys is null);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The keys of the token issuer could not be read: {Fault}")]
        public static partial void NotRead(ILogger logger, string fault);
    }
}
