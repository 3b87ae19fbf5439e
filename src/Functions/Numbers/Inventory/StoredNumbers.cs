using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Webhooks;

namespace Relais.Numbers.Inventory;

/// <summary>A number to be added to the inventory.</summary>
/// <param name="Source">purchase or account.</param>
/// <param name="Managed">Relais connects the number and therefore repairs its webhooks.</param>
internal sealed record NewNumber(
    Guid TenantId, Guid AccountId, string Number, string ProviderSid, string FriendlyName, string? Country, string? Type, string Source,
    bool Managed)
{
    public string[] Capabilities { get; init; } = [];
    public string? SmsUrl { get; init; }
    public string? SmsFallbackUrl { get; init; }
}

/// <summary>
/// Changes of the inventory that several operations share. A number serves one tenant only, which a unique index over all tenants enforces.
/// </summary>
internal static class StoredNumbers
{
    private const string InsertNumber = """
        insert into phone_numbers (
          id, tenant_id, account_id, number, provider_sid, friendly_name, country, number_type, capabilities, source, managed, sms_url,
          sms_fallback_url, created_at)
        values (
          @Id, @TenantId, @AccountId, @Number, @ProviderSid, @FriendlyName, @Country, @Type, @Capabilities, @Source, @Managed, @SmsUrl,
          @SmsFallbackUrl, @Now)
        on conflict do nothing
        returning id
        """;

    private const string ReuseEntry = """
        update phone_numbers
        set provider_sid = @ProviderSid, account_id = @AccountId, friendly_name = @FriendlyName, managed = managed or @Managed,
          state = 'active', source = case @Source when 'purchase' then 'purchase' else source end
        where number = @Number and (state = 'active' or (state = 'releasing' and @Source = 'purchase'))
        returning id
        """;

    private const string UpdateFromProvider = """
        update phone_numbers
        set provider_sid = @Sid, friendly_name = @FriendlyName, capabilities = @Capabilities, number_type = coalesce(number_type, @Type),
          sms_url = @SmsUrl, sms_fallback_url = @SmsFallbackUrl, status_callback = @StatusCallback,
          sms_application_sid = @SmsApplicationSid, managed = managed or @Managed, drifted = (managed or @Managed) and @Drifted,
          checked_at = @Now
        where id = @Id and state = 'active'
        """;

    private const string RegisterSender = """
        with number as (
          select tenant_id, account_id, number, friendly_name from phone_numbers where id = @NumberId and state = 'active' for update
        ),
        sender as (
          insert into senders (id, tenant_id, account_id, channel, address, name, created_at)
          select @SenderId, tenant_id, account_id, 'sms', number, friendly_name, @Now from number
          on conflict (account_id, channel, address) do update set retired_at = null
          returning id
        )
        update phone_numbers set sender_id = (select id from sender)
        where id = @NumberId and exists (select from sender)
        returning sender_id
        """;

    // The sender is retired and not deleted, because its messages and conversations reference it.
    private const string MarkReleased = """
        with ended as (
          update phone_numbers set state = 'released', released_at = @Now, drifted = false
          where id = @Id and state <> 'released' and (@Sid::text is null or provider_sid = @Sid)
          returning sender_id, id
        ),
        retired as (
          update senders set retired_at = coalesce(retired_at, @Now)
          where id in (select sender_id from ended)
        )
        select id from ended
        """;

    private const string DeleteNumber = "delete from phone_numbers where id = @Id and sender_id is null";

    /// <returns>The id of the new entry; null: the number is already in the inventory of this tenant or another one.</returns>
    public static Task<Guid?> InsertAsync(NpgsqlTransaction tx, NewNumber number, DateTimeOffset now, CancellationToken ct) =>
        tx.QueryOneAsync<Guid?>(InsertNumber, Parameters(number, now), ct);

    /// <summary>Inserts the number, or updates an entry that this tenant already has for it.</summary>
    /// <returns>
    /// The id of the entry; null: the number is in another tenant's inventory, or it is being released and this is not a new purchase.
    /// </returns>
    public static async Task<Guid?> UpsertAsync(NpgsqlTransaction tx, NewNumber number, DateTimeOffset now, CancellationToken ct) =>
        await InsertAsync(tx, number, now, ct) ?? await tx.QueryOneAsync<Guid?>(ReuseEntry, Parameters(number, now), ct);

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
        tx.ExecuteAsync(UpdateFromProvider, new
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
        var senderId = await tx.QueryOneAsync<Guid?>(RegisterSender, parameters, ct);
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
        await tx.QueryOneAsync<Guid?>(MarkReleased, new { Id = id, Sid = sid, Now = now.UtcDateTime }, ct) is not null;

    /// <summary>Deletes the number. A number with a sender is marked as released instead, because its history references it.</summary>
    public static async Task RemoveAsync(NpgsqlTransaction tx, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        if (await tx.ExecuteAsync(DeleteNumber, new { Id = id }, ct) == 0)
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
