using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Webhooks;

namespace Relais.Numbers.Inventory;

/// <param name="Source">purchase or account.</param>
/// <param name="Managed">Its webhooks are ours to set and to repair.</param>
internal sealed record NewNumber(
    Guid TenantId, Guid AccountId, string Number, string ProviderSid, string FriendlyName, string? Country, string? Type, string Source, bool Managed)
{
    public string[] Capabilities { get; init; } = [];
    public string? SmsUrl { get; init; }
    public string? SmsFallbackUrl { get; init; }
}

/// <summary>The changes of the inventory that several operations make. One number serves one tenant: the unique index has the last word.</summary>
internal static class StoredNumbers
{
    private const string InsertNumber = """
        insert into phone_numbers (id, tenant_id, account_id, number, provider_sid, friendly_name, country, number_type, capabilities, source, managed, sms_url, sms_fallback_url, created_at)
        values (@Id, @TenantId, @AccountId, @Number, @ProviderSid, @FriendlyName, @Country, @Type, @Capabilities, @Source, @Managed, @SmsUrl, @SmsFallbackUrl, @Now)
        on conflict do nothing
        returning id
        """;

    private const string ReuseEntry = """
        update phone_numbers
        set provider_sid = @ProviderSid, account_id = @AccountId, friendly_name = @FriendlyName, managed = managed or @Managed, state = 'active',
          source = case @Source when 'purchase' then 'purchase' else source end
        where number = @Number and (state = 'active' or (state = 'releasing' and @Source = 'purchase'))
        returning id
        """;

    private const string UpdateFromProvider = """
        update phone_numbers
        set provider_sid = @Sid, friendly_name = @FriendlyName, capabilities = @Capabilities, number_type = coalesce(number_type, @Type), sms_url = @SmsUrl,
          sms_fallback_url = @SmsFallbackUrl, status_callback = @StatusCallback, sms_application_sid = @SmsApplicationSid, managed = managed or @Managed, drifted = (managed or @Managed) and @Drifted, checked_at = @Now
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

    // the sender stays, with what it sent and got
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

    /// <returns>Null: it stands in an inventory already, ours or another tenant's.</returns>
    public static Task<Guid?> InsertAsync(NpgsqlTransaction tx, NewNumber number, DateTimeOffset now, CancellationToken ct) =>
        tx.QueryOneAsync<Guid?>(InsertNumber, Parameters(number, now), ct);

    /// <summary>Inserts the number, or makes an entry of ours that was left over the entry of this one.</summary>
    /// <returns>Null: it stands in another tenant's inventory.</returns>
    public static async Task<Guid?> AddAsync(NpgsqlTransaction tx, NewNumber number, DateTimeOffset now, CancellationToken ct) =>
        await InsertAsync(tx, number, now, ct) ?? await tx.QueryOneAsync<Guid?>(ReuseEntry, Parameters(number, now), ct);

    /// <summary>What the provider holds, as it was just seen.</summary>
    /// <param name="managed">True: from now on it is ours to repair.</param>
    public static Task UpdateFromProviderAsync(
        NpgsqlTransaction tx, Guid id, OwnedNumber held, RouterUrls targets, DateTimeOffset now, CancellationToken ct, bool managed = false) =>
        tx.ExecuteAsync(UpdateFromProvider, new
        {
            Id = id,
            held.Sid,
            held.FriendlyName,
            Capabilities = held.Capabilities.Names,
            held.Type,
            SmsUrl = RouterUrls.WithoutSecrets(held.SmsUrl),
            SmsFallbackUrl = RouterUrls.WithoutSecrets(held.SmsFallbackUrl),
            StatusCallback = RouterUrls.WithoutSecrets(held.StatusCallback),
            held.SmsApplicationSid,
            Managed = managed,
            Drifted = targets.PointsElsewhere(held),
            Now = now.UtcDateTime,
        }, ct);

    /// <returns>The sender; one that was retired sends again. Null: the number is not in use any more.</returns>
    public static async Task<Guid?> RegisterSenderAsync(NpgsqlTransaction tx, Guid numberId, DateTimeOffset now, CancellationToken ct)
    {
        var senderId = await tx.QueryOneAsync<Guid?>(RegisterSender, new { NumberId = numberId, SenderId = Guid.CreateVersion7(now), Now = now.UtcDateTime }, ct);
        if (senderId is not null)
        {
            await UnroutedMessages.RequeueForSenderAsync(tx, senderId.Value, now, ct);
        }

        return senderId;
    }

    /// <param name="sid">As which it ended at the provider; the same number bought again bears another. Null: whatever it is.</param>
    /// <returns>Whether it ended by this.</returns>
    public static async Task<bool> MarkReleasedAsync(NpgsqlTransaction tx, Guid id, string? sid, DateTimeOffset now, CancellationToken ct) =>
        await tx.QueryOneAsync<Guid?>(MarkReleased, new { Id = id, Sid = sid, Now = now.UtcDateTime }, ct) is not null;

    /// <summary>As if it had never been there; one with a sender ends instead, because of its history.</summary>
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
