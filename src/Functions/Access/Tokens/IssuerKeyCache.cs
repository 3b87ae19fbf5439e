namespace Relais.Access.Tokens;

/// <summary>
/// Caches the issuer's keys. However many requests need them, one call is under way at a time, and five seconds pass before the next
/// one: neither forged tokens nor a failing issuer cause more. Keys older than ten minutes are read again before they are used, so that
/// a withdrawn key ends. While the issuer fails, the last keys are used for up to a day, and tokens of these keys do not wait for it.
/// </summary>
internal sealed partial class IssuerKeyCache(IssuerClient issuer, TimeProvider time, ILogger<IssuerKeyCache> logger)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UsableFor = TimeSpan.FromHours(24);
    private static readonly TimeSpan PauseBetweenCalls = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private IssuerKeySet? current;
    private DateTimeOffset readAt;
    private DateTimeOffset nextCallAt;
    private bool lastCallFailed;
    private Task? callUnderWay;

    /// <summary>
    /// Returns the issuer's keys. If they are old or lack this key, the issuer is called first, unless the pause after the last call is not
    /// over.
    /// </summary>
    /// <param name="keyId">As the token names it.</param>
    /// <param name="ct">Ends this wait. The call goes on, because other requests wait for it too.</param>
    /// <returns>Null: no keys were read in the last 24 hours.</returns>
    public async Task<IssuerKeySet?> GetAsync(string? keyId, CancellationToken ct)
    {
        if (StartRefreshIfNeeded(keyId) is { } call)
        {
            await call.WaitAsync(ct);
        }

        lock (gate)
        {
            return IsUsable ? current : null;
        }
    }

    /// <summary>
    /// Keys newer than those that failed to verify a token: an issuer may replace a key under the same id, or without ids.
    /// Null when there are none, or when it is too early to ask.
    /// </summary>
    /// <param name="tried">The keys from <see cref="GetAsync"/>.</param>
    /// <param name="ct">Ends this wait. The call goes on, because other requests wait for it too.</param>
    public async Task<IssuerKeySet?> GetNewerAsync(IssuerKeySet tried, CancellationToken ct)
    {
        Task? call;
        lock (gate)
        {
            call = current == tried ? StartOrJoinCall() : null;
        }

        await (call ?? Task.CompletedTask).WaitAsync(ct);
        lock (gate)
        {
            return IsUsable && current != tried ? current : null;
        }
    }

    private bool IsUsable => time.GetUtcNow() - readAt <= UsableFor;

    /// <returns>The call to wait for; null: the current keys can be used now, or the pause after the last call is not over.</returns>
    private Task? StartRefreshIfNeeded(string? keyId)
    {
        lock (gate)
        {
            var hasKey = current?.Contains(keyId) == true && IsUsable;
            if (hasKey && time.GetUtcNow() - readAt <= FreshFor)
            {
                return null;
            }

            var call = StartOrJoinCall();
            return hasKey && lastCallFailed ? null : call;
        }
    }

    /// <summary>Null when the pause after the last call is not over. The caller holds the lock.</summary>
    private Task? StartOrJoinCall()
    {
        if (callUnderWay is null && time.GetUtcNow() >= nextCallAt)
        {
            callUnderWay = Task.Run(ReadAsync, CancellationToken.None);
        }

        return callUnderWay;
    }

    private async Task ReadAsync()
    {
        IssuerKeySet? keys = null;
        try
        {
            keys = await issuer.ReadKeysAsync();
        }
        catch (IssuerReadError e)
        {
            Log.ReadFailed(logger, e.Message);
        }
        finally
        {
            lock (gate)
            {
                var now = time.GetUtcNow();
                (current, readAt) = keys is null ? (current, readAt) : (keys, now);
                (callUnderWay, nextCallAt, lastCallFailed) = (null, now + PauseBetweenCalls, keys is null);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The keys of the token issuer could not be read: {Reason}")]
        public static partial void ReadFailed(ILogger logger, string reason);
    }
}
