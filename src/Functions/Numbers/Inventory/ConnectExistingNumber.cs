using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Npgsql;
using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Accounts;

namespace Relais.Numbers.Inventory;

/// <summary>A number of the account whose messages are to come here.</summary>
internal sealed record ConfigureRequest
{
    [JsonPropertyName("account_sid")]
    public string? AccountSid { get; init => field = RequestFormats.NullIfEmpty(value); }

    [JsonPropertyName("auth_token")]
    public string? AuthToken { get; init => field = RequestFormats.NullIfEmpty(value); }

    [Required]
    [JsonPropertyName("phone_number")]
    public string? Number { get; init => field = RequestFormats.NullIfEmpty(value); }

    /// <summary>One of this installation's own webhook addresses; the usual one when left out.</summary>
    [JsonPropertyName("webhook_url")]
    public string? WebhookUrl { get; init => field = RequestFormats.NullIfEmpty(value); }

    // the token stays out of anything that prints the record
    public override string ToString() => "connection";

    public Failure? Validate(RouterUrls targets) => new Faults()
        .CheckCredentials(AccountSid, AuthToken)
        .CheckPhoneNumber(Number)
        .Check("webhook_url", WebhookUrl is null || IsSafe(WebhookUrl), "must be an absolute https address")
        .Check("webhook_url", WebhookUrl is null || targets.IsRouter(WebhookUrl), $"must be an address of this installation, such as {targets.Expected.SmsUrl}")
        .Failure;

    private static bool IsSafe(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
}

/// <param name="SmsUrl">As the provider holds it now.</param>
internal sealed record ConfigureResult(
    bool Success, [property: JsonPropertyName("phone_number")] string Number, [property: JsonPropertyName("sms_url")] string SmsUrl, string Message);

/// <summary>Connects a number that the account holds, wherever it was bought: webhooks, inventory, sender.</summary>
internal sealed class ConnectExistingNumber(
    TenantDb db, ResolveAccount usable, NumberOwnership others, INumberProvider provider, ConnectWebhooks webhooks, RouterUrls targets, TimeProvider time)
{
    private const string SelectObstacle = $"""
        select case
          when exists (select from phone_numbers where number = @Number and state = 'releasing') then '{TelephonyFailures.NumberReleasing}'
          when exists (select from number_orders where number = @Number and (status not in ('done', 'failed') or recheck_at is not null)) then '{TelephonyFailures.NumberBeingBought}'
        end
        """;

    public async Task<Result<ConfigureResult>> RunAsync(Caller caller, ConfigureRequest request, CancellationToken ct)
    {
        if (request.Validate(targets) is { } invalid)
        {
            return invalid;
        }

        var account = await usable.RunAsync(caller, request.AccountSid, request.AuthToken, ct);
        if (account.Failure is { } unusable)
        {
            return unusable;
        }

        if (await db.RunAsync(caller.TenantId, tx => tx.QueryOneAsync<string>(SelectObstacle, new { request.Number }, ct), ct) is { } obstacle)
        {
            return TelephonyFailures.Create(obstacle);
        }

        var found = await FindAsync(caller, account.Value, request.Number!, ct);
        if (found.Failure is { } unfit)
        {
            return unfit;
        }

        var before = found.Value;
        var wanted = targets.Expected with { SmsUrl = targets.FindRouter(request.WebhookUrl) ?? targets.Expected.SmsUrl };
        var held = await webhooks.SetAsync(account.Value.Provider, before.Sid, wanted);
        return held.Failure is { } failure
            ? TelephonyFailures.From(failure)
            : await db.RunAsync(caller.TenantId, tx => StoreAsync(tx, caller, account.Value, before, held.Value, ct), ct);
    }

    /// <summary>Whose number it is comes first: only about a number of their own does anybody hear that it stands elsewhere too.</summary>
    private async Task<Result<OwnedNumber>> FindAsync(Caller caller, TenantAccount account, string number, CancellationToken ct)
    {
        var found = await provider.ListAsync(account.Provider, number);
        if (found.Failure is { } unknown)
        {
            return TelephonyFailures.From(unknown);
        }

        if (found.Value is not [var held, ..])
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberNotFound);
        }

        if (!held.Capabilities.Sms)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberWithoutSms);
        }

        return await others.IsOwnedByAnotherTenantAsync(caller.TenantId, number, ct) ? TelephonyFailures.Create(TelephonyFailures.NumberOwnedByAnotherTenant) : held;
    }

    private async Task<Result<ConfigureResult>> StoreAsync(
        NpgsqlTransaction tx, Caller caller, TenantAccount account, OwnedNumber before, OwnedNumber held, CancellationToken ct)
    {
        if (!await AccountUse.LockUnchangedAsync(tx, account, ct))
        {
            return TelephonyFailures.Create(TelephonyFailures.AccountMismatch);
        }

        if (await tx.QueryOneAsync<string>(SelectObstacle, new { held.Number }, ct) is { } obstacle)
        {
            return TelephonyFailures.Create(obstacle);
        }

        var now = time.GetUtcNow();
        var number = new NewNumber(
            caller.TenantId, account.Id, held.Number, held.Sid, held.FriendlyName, CallingCodes.FindCountry(held.Number), held.Type, "account", Managed: true);
        if (await StoredNumbers.AddAsync(tx, number, now, ct) is not { } id)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberOwnedByAnotherTenant);
        }

        await StoredNumbers.UpdateFromProviderAsync(tx, id, held, targets, now, ct, managed: true);
        var senderId = await StoredNumbers.RegisterSenderAsync(tx, id, now, ct);
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, NumberAuditEntries.Webhooks("number.connect", id, before, held, senderId), ct);
        return new ConfigureResult(true, held.Number, held.SmsUrl!, "Webhook configured successfully");
    }
}
