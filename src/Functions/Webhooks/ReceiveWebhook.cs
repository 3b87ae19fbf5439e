using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>
/// Handles one webhook call: finds the account that the call names, checks the signature, stores the event, and answers. A call without a
/// valid signature is not stored. Success is answered only after the event is committed.
/// </summary>
internal sealed partial class ReceiveWebhook(
    WebhookAccountCache accounts, UntrustedCallLimit untrustedCalls, IWebhookProvider provider, WebhookBatchWriter events,
    QueueEventProcessing queueProcessing, TimeProvider time, IMeterFactory meters, ILogger<ReceiveWebhook> log)
{
    private readonly Counter<long> ignored = meters.Create("Relais").CreateCounter<long>("webhooks_ignored");

    public async Task<WebhookAnswer> RunAsync(HttpRequest http, CancellationToken ct)
    {
        try
        {
            return await VerifyAndStoreAsync(http, ct);
        }
        catch (CryptographicException failure)
        {
            // This instance lacks the key that decrypts the account's auth token, so the signature may be valid. Another instance, or this
            // one after a restart with new settings, can check it: answer 503 so that the provider calls again.
            Log.TokenNotDecrypted(log, failure);
            return Refuse("token_not_decrypted", StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception failure) when (failure is EventNotStoredException or NpgsqlException)
        {
            // The event is not stored: answer 503 so that the provider calls its fallback URL or calls again.
            Log.StoreFailed(log, FailureReason.Describe(failure));
            return Refuse("store_unavailable", StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async Task<WebhookAnswer> VerifyAndStoreAsync(HttpRequest http, CancellationToken ct)
    {
        var read = await WebhookRequest.ReadAsync(http, ct);
        if (read.Failure is { } failure)
        {
            return failure.Kind == FailureKind.TooLarge
                ? Refuse("too_large", StatusCodes.Status413PayloadTooLarge)
                : Refuse("malformed", StatusCodes.Status400BadRequest);
        }

        var request = read.Value;
        var accountSid = provider.ReadAccountSid(request) ?? "";
        switch (await accounts.FindAsync(accountSid, () => untrustedCalls.TryConsume(http), ct))
        {
            case AccountLookup.LimitReached:
                // The account was not looked up, so the signature may be valid: answer 429 so that the provider calls its fallback URL or
                // calls again.
                return Refuse("unknown_account_limit", StatusCodes.Status429TooManyRequests);
            case AccountLookup.Found found:
                return await VerifySignatureAsync(http, request, accountSid, found.Account, ct) is { } signer
                    ? await StoreAsync(request, signer.TenantId, ct)
                    : RefuseSignature(http);
            default:
                return Refuse("unknown_account", StatusCodes.Status403Forbidden);
        }
    }

    /// <summary>Checks the signature of a call.</summary>
    /// <param name="accountSid">The account that the call names.</param>
    /// <param name="cached">The account as it is cached; its tokens may have been replaced since.</param>
    /// <returns>The account, perhaps read again, one of whose tokens signed the call; null: the signature is invalid.</returns>
    private async Task<WebhookAccount?> VerifySignatureAsync(
        HttpRequest http, WebhookRequest request, string accountSid, WebhookAccount cached, CancellationToken ct)
    {
        var account = cached;
        var token = FindMatchingToken(http, request, account);
        if (token is null && await accounts.ReloadAfterSignatureMismatchAsync(accountSid, account, ct) is { } reloaded)
        {
            (account, token) = (reloaded, FindMatchingToken(http, request, reloaded));
        }

        // The new token has signed its first call: from now on, the previous token is accepted for the grace period only.
        if (token is not null && token == account.Token && account is { PreviousToken: not null, PreviousTokenExpiresAt: null })
        {
            await accounts.StartPreviousTokenExpiryAsync(accountSid, account, ct);
        }

        return token is null ? null : account;
    }

    /// <returns>The token of the account that signed the call; null: none did.</returns>
    private string? FindMatchingToken(HttpRequest http, WebhookRequest request, WebhookAccount account) =>
        account.AcceptedTokens(time.GetUtcNow()).FirstOrDefault(token => provider.IsSigned(http, request, token));

    private async Task<WebhookAnswer> StoreAsync(WebhookRequest request, Guid tenantId, CancellationToken ct)
    {
        var received = provider.ReadEvent(request, tenantId, time.GetUtcNow());
        var stored = await events.StoreAsync(received, ct);
        if (!stored.IsNew)
        {
            ignored.Add(1, KeyValuePair.Create<string, object?>("reason", "duplicate"));
        }
        else if (received.Kind == WebhookEvent.InboundKind || stored.RetryDelay is not null)
        {
            await queueProcessing.RunAsync(received.Id, stored.RetryDelay);
        }

        return new WebhookAnswer(StatusCodes.Status200OK, received.Kind != WebhookEvent.StatusKind, stored.MessagesToRetry);
    }

    /// <summary>An invalid signature counts against the caller's limit, so that a flood of forged calls uses it up.</summary>
    private WebhookAnswer RefuseSignature(HttpRequest http)
    {
        untrustedCalls.TryConsume(http);
        return Refuse("signature", StatusCodes.Status403Forbidden);
    }

    private WebhookAnswer Refuse(string reason, int statusCode)
    {
        ignored.Add(1, KeyValuePair.Create<string, object?>("reason", reason));
        Log.Refused(log, reason);
        return WebhookAnswer.Refused(statusCode);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Webhook refused: {Reason}")]
        public static partial void Refused(ILogger log, string reason);

        [LoggerMessage(2, LogLevel.Error, "The webhook event could not be stored: {Reason}")]
        public static partial void StoreFailed(ILogger log, string reason);

        [LoggerMessage(3, LogLevel.Error, "The auth token of the account cannot be decrypted: add the missing key to Secrets__Keys")]
        public static partial void TokenNotDecrypted(ILogger log, Exception failure);
    }
}

/// <summary>The answer to a webhook call.</summary>
/// <param name="AnswersWithTwiML">
/// True: answered with an empty TwiML document. False: a status callback or a refusal, answered without a body.
/// </param>
/// <param name="MessagesToRetry">Messages that now wait for a retry.</param>
internal sealed record WebhookAnswer(int StatusCode, bool AnswersWithTwiML, IReadOnlyList<AppliedTransition> MessagesToRetry)
{
    public static WebhookAnswer Refused(int statusCode) => new(statusCode, false, []);
}
