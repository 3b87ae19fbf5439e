using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Relais.Channels;
using Relais.Platform.Http;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>What the caller is told.</summary>
/// <param name="IsMessageEvent">Message events are answered in TwiML, status callbacks with nothing.</param>
/// <param name="MessagesToRetry">Messages that now wait for a retry.</param>
internal sealed record WebhookAnswer(int StatusCode, bool IsMessageEvent, IReadOnlyList<AppliedTransition> MessagesToRetry)
{
    public static WebhookAnswer Refused(int statusCode) => new(statusCode, false, []);
}

/// <summary>Verify, store, answer. Nothing is stored of what is not signed, and no answer says yes before the commit.</summary>
internal sealed partial class ReceiveWebhook(
    WebhookAccountCache accounts, UnknownAccountLimit unknownAccounts, IWebhookProvider provider, WebhookBatchWriter events, QueueEventProcessing wake,
    TimeProvider time, IMeterFactory meters, ILogger<ReceiveWebhook> log)
{
    private const string UnknownAccountLimitReached = "too_many_strangers";

    private readonly Counter<long> ignored = meters.Create("Relais").CreateCounter<long>("webhooks_ignored");

    public async Task<WebhookAnswer> RunAsync(HttpRequest http, CancellationToken ct)
    {
        try
        {
            if (await WebhookRequest.ReadAsync(http, ct) is not { } request)
            {
                return Refuse("malformed", StatusCodes.Status400BadRequest);
            }

            var verified = await VerifyAsync(http, request, ct);
            if (verified.Account is { } account)
            {
                return await StoreAsync(request, account.TenantId, ct);
            }

            // who was not looked up may be in the right: the provider calls its fallback URL, or again
            return Refuse(verified.Reason, verified.Reason == UnknownAccountLimitReached ? StatusCodes.Status429TooManyRequests : StatusCodes.Status403Forbidden);
        }
        catch (BodyTooLargeException)
        {
            return Refuse("too_large", StatusCodes.Status413PayloadTooLarge);
        }
        catch (CryptographicException failure)
        {
            // this instance lacks the key of the account's token: another one, or the same after its restart, can check the signature
            Log.TokenSealed(log, failure);
            return Refuse("token_sealed", StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception failure) when (failure is EventNotStoredException or NpgsqlException)
        {
            // the provider calls its fallback URL, or again
            Log.StoreFailed(log, FailureReason.Describe(failure));
            return Refuse("store_unavailable", StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <returns>The account that signed; without one, why not.</returns>
    private async Task<(SigningAccount? Account, string Reason)> VerifyAsync(HttpRequest http, WebhookRequest request, CancellationToken ct)
    {
        var accountSid = provider.FindAccount(request) ?? "";
        var lookup = true;
        if (await accounts.FindAsync(accountSid, () => lookup = unknownAccounts.TryConsume(http), ct) is not { } account)
        {
            return (null, lookup ? "unknown_account" : UnknownAccountLimitReached);
        }

        var token = FindMatchingToken(http, request, account);
        if (token is null && await accounts.ReloadAfterSignatureMismatchAsync(accountSid, account, ct) is { } newer)
        {
            (account, token) = (newer, FindMatchingToken(http, request, newer));
        }

        if (token is not null && token == account.Token && account is { PreviousToken: not null, PreviousTokenExpiresAt: null })
        {
            await accounts.StartPreviousTokenExpiryAsync(accountSid, account, ct);
        }

        if (token is not null)
        {
            return (account, "");
        }

        unknownAccounts.TryConsume(http);
        return (null, "signature");
    }

    /// <returns>The one of the account's tokens that fits; null: none does.</returns>
    private string? FindMatchingToken(HttpRequest http, WebhookRequest request, SigningAccount account) =>
        account.AcceptedTokens(time.GetUtcNow()).FirstOrDefault(token => provider.IsSigned(http, request, token));

    private async Task<WebhookAnswer> StoreAsync(WebhookRequest request, Guid tenantId, CancellationToken ct)
    {
        var received = provider.Read(request, tenantId, time.GetUtcNow());
        var stored = await events.StoreAsync(received, ct);
        if (!stored.IsNew)
        {
            ignored.Add(1, KeyValuePair.Create<string, object?>("reason", "duplicate"));
        }
        else if (received.Kind == WebhookEvent.InboundKind || stored.RetryDelay is not null)
        {
            await wake.RunAsync(received.Id, stored.RetryDelay);
        }

        return new WebhookAnswer(StatusCodes.Status200OK, received.Kind != WebhookEvent.StatusKind, stored.Retries);
    }

    private WebhookAnswer Refuse(string reason, int statusCode)
    {
        ignored.Add(1, KeyValuePair.Create<string, object?>("reason", reason));
        Log.Ignored(log, reason);
        return WebhookAnswer.Refused(statusCode);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Webhook refused: {Reason}")]
        public static partial void Ignored(ILogger log, string reason);

        [LoggerMessage(2, LogLevel.Error, "The webhook event could not be stored: {Reason}")]
        public static partial void StoreFailed(ILogger log, string reason);

        [LoggerMessage(3, LogLevel.Error, "The token of the account cannot be opened: a key is missing in Secrets__Keys")]
        public static partial void TokenSealed(ILogger log, Exception failure);
    }
}
