using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <summary>
/// Connects a number that the account owns, wherever it was bought: sets its webhooks, adds it to the inventory and makes it a sender.
/// </summary>
internal sealed class ConnectExistingNumber(
    TenantDb db,
    ResolveAccount resolveAccount,
    NumberOwnership ownership,
    INumberProvider provider,
    ConnectWebhooks webhooks,
    RouterUrls routerUrls,
    TimeProvider time)
{
    public async Task<Result<ConfigureResult>> RunAsync(Caller caller, ConfigureRequest request, CancellationToken ct)
    {
        if (request.Validate(routerUrls) is { } invalid)
        {
            return invalid;
        }

        var account = await resolveAccount.RunAsync(caller, request.AccountSid, request.AuthToken, ct);
        if (account.Failure is { } unusable)
        {
            return unusable;
        }

        var obstacle = await db.RunAsync(caller.TenantId, tx => NumberObstacle.FindAsync(tx, request.Number!, ct), ct);
        if (obstacle is not null)
        {
            return TelephonyFailures.Create(obstacle);
        }

        var owned = await FindOwnedNumberAsync(caller, account.Value, request.Number!, ct);
        if (owned.Failure is { } notConnectable)
        {
            return notConnectable;
        }

        var before = owned.Value;
        var requested = routerUrls.Expected with { SmsUrl = routerUrls.FindRouter(request.WebhookUrl) ?? routerUrls.Expected.SmsUrl };
        var connected = await webhooks.SetAsync(account.Value.Credentials, before.Sid, requested);
        return connected.Failure is { } failure
            ? TelephonyFailures.From(failure)
            : await db.RunAsync(caller.TenantId, tx => StoreAsync(tx, caller, account.Value, before, connected.Value, ct), ct);
    }

    /// <summary>
    /// Checks first that the account owns the number, so that nobody can find out by guessing which numbers are in other inventories.
    /// </summary>
    private async Task<Result<OwnedNumber>> FindOwnedNumberAsync(
        Caller caller, TenantAccount account, string number, CancellationToken ct)
    {
        var listed = await provider.ListAsync(account.Credentials, number);
        if (listed.Failure is { } failure)
        {
            return TelephonyFailures.From(failure);
        }

        if (listed.Value is not [var owned, ..])
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberNotFound);
        }

        if (!owned.Capabilities.Sms)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberWithoutSms);
        }

        return await ownership.IsOwnedByAnotherTenantAsync(caller.TenantId, number, ct)
            ? TelephonyFailures.Create(TelephonyFailures.NumberOwnedByAnotherTenant)
            : owned;
    }

    private async Task<Result<ConfigureResult>> StoreAsync(
        NpgsqlTransaction tx, Caller caller, TenantAccount account, OwnedNumber before, OwnedNumber after, CancellationToken ct)
    {
        if (!await AccountUse.LockUnchangedAsync(tx, account, ct))
        {
            return TelephonyFailures.Create(TelephonyFailures.AccountMismatch);
        }

        if (await NumberObstacle.FindAsync(tx, after.Number, ct) is { } obstacle)
        {
            return TelephonyFailures.Create(obstacle);
        }

        var now = time.GetUtcNow();
        var number = new NewNumber(
            caller.TenantId, account.Id, after.Number, after.Sid, after.FriendlyName, CallingCodes.FindCountry(after.Number), after.Type,
            NumberSource.Account, Managed: true);
        if (await StoredNumbers.UpsertAsync(tx, number, now, ct) is not { } id)
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberOwnedByAnotherTenant);
        }

        await StoredNumbers.UpdateFromProviderAsync(tx, id, after, routerUrls, now, ct, managed: true);
        var senderId = await StoredNumbers.RegisterSenderAsync(tx, id, now, ct);
        var change = NumberAuditEntries.Webhooks("number.connect", id, before, after, senderId);
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return new ConfigureResult(true, after.Number, after.SmsUrl!, "Webhook configured successfully");
    }
}
