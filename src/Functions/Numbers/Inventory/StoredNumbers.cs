using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Webhooks;

namespace Relais.Numbers.Inventory;

/// <summary>
/// Changes of the inventory that several operations share. A number serves one tenant only, which a unique index over all tenants enforces.
/// </summary>
internal static class StoredNumbers
{
    /// <returns>The id of the new entry; null: the number is already in the inventory of this tenant or another one.</returns>
    public static Task<Guid?> InsertAsync(NpgsqlTransaction tx, NewNumber number, DateTimeOffset now, CancellationToken ct) =>
        tx.QueryOneAsync<Guid?>(StoredNumbersSql.InsertNumber, Parameters(number, now), ct);

    /// <summary>Inserts the number, or updates an entry that this tenant already has for it.</summary>
    /// <returns>
    /// The id of the entry; null: the number is in another tenant's inventory, or it is being released and this is not a new purchase.
    /// </returns>
    public static async Task<Guid?> UpsertAsync(NpgsqlTransaction tx, NewNumber number, DateTimeOffset now, CancellationToken ct) =>
        await InsertAsync(tx, number, now, ct) ?? await tx.QueryOneAsync<Guid?>(StoredNumbersSql.ReuseEntry, Parameters(number, now), ct);

    /// <summary>Stores the number as it was just read from the provider.</summary>
    /// <param name="managed">True: Relais has connected the number and repairs its webhooks from now on.</param>
    public static Task UpdateFromProviderAsync(
        NpgsqlTransaction tx,
        Guid id,
        OwnedNumber number,
        RouterUrls routerUrls,
        DateTimeOffset now,
        CancellationToken ct,
        bool managed = false) =>
        tx.ExecuteAsync(StoredNumbersSql.UpdateFromProvider, new
        {
            Id = id,
            number.Sid,
            number.FriendlyName,
            Capabilities = number.Capabilities.Names,
            number.Type,
            SmsUrl = RouterUrls.RedactUrl(number.SmsUrl),
            SmsFallbackUrl = RouterUrls.RedactUrl(number.SmsFallbackUrl),
            StatusCallback = RouterUrls.RedactUrl(number.StatusCallback),
            number.SmsApplicationSid,
            Managed = managed,
            Drifted = routerUrls.HasWrongWebhooks(number),
            Now = now.UtcDateTime,
        }, ct);

    /// <summary>Makes the number a sender, or restores its retired sender, and requeues the messages that arrived before.</summary>
    /// <returns>The id of the sender; null: the number is no longer active.</returns>
    public static async Task<Guid?> RegisterSenderAsync(NpgsqlTransaction tx, Guid numberId, DateTimeOffset now, CancellationToken ct)
    {
        var parameters = new { NumberId = numberId, SenderId = Guid.CreateVersion7(now), Now = now.UtcDateTime };
        var senderId = await tx.QueryOneAsync<Guid?>(StoredNumbersSql.RegisterSender, parameters, ct);
        if (senderId is not null)
        {
            await UnroutedMessages.RequeueForSenderAsync(tx, senderId.Value, now, ct);
        }

        return senderId;
    }

    /// <param name="sid">
    /// The SID that no longer exists at the provider. An entry with another SID is kept: the same number was bought again. Null: any SID.
    /// </param>
    /// <returns>Whether this call released the number.</returns>
    public static async Task<bool> MarkReleasedAsync(
        NpgsqlTransaction tx, Guid id, string? sid, DateTimeOffset now, CancellationToken ct) =>
        await tx.QueryOneAsync<Guid?>(StoredNumbersSql.MarkReleased, new { Id = id, Sid = sid, Now = now.UtcDateTime }, ct) is not null;

    /// <summary>Deletes the number. A number with a sender is marked as released instead, because its history references it.</summary>
    public static async Task RemoveAsync(NpgsqlTransaction tx, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        if (await tx.ExecuteAsync(StoredNumbersSql.DeleteNumber, new { Id = id }, ct) == 0)
        {
            await MarkReleasedAsync(tx, id, null, now, ct);
        }
    }

    private static object Parameters(NewNumber number, DateTimeOffset now) => new
    {
        Id = Guid.CreateVersion7(now),
        number.TenantId,
        number.AccountId,
        number.Number,
        number.ProviderSid,
        number.FriendlyName,
        number.Country,
        number.Type,
        number.Capabilities,
        number.Source,
        number.Managed,
        number.SmsUrl,
        number.SmsFallbackUrl,
        Now = now.UtcDateTime,
    };
}
