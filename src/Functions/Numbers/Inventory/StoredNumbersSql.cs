namespace Relais.Numbers.Inventory;

/// <summary>The statements behind <see cref="StoredNumbers"/>.</summary>
internal static class StoredNumbersSql
{
    public const string InsertNumber = """
        insert into phone_numbers (
          id, tenant_id, account_id, number, provider_sid, friendly_name, country, number_type, capabilities, source, managed, sms_url,
          sms_fallback_url, created_at)
        values (
          @Id, @TenantId, @AccountId, @Number, @ProviderSid, @FriendlyName, @Country, @Type, @Capabilities, @Source, @Managed, @SmsUrl,
          @SmsFallbackUrl, @Now)
        on conflict do nothing
        returning id
        """;

    public const string ReuseEntry = """
        update phone_numbers
        set provider_sid = @ProviderSid, account_id = @AccountId, friendly_name = @FriendlyName, managed = managed or @Managed,
          state = 'active', source = case @Source when 'purchase' then 'purchase' else source end
        where number = @Number and (state = 'active' or (state = 'releasing' and @Source = 'purchase'))
        returning id
        """;

    public const string UpdateFromProvider = """
        update phone_numbers
        set provider_sid = @Sid, friendly_name = @FriendlyName, capabilities = @Capabilities, number_type = coalesce(number_type, @Type),
          sms_url = @SmsUrl, sms_fallback_url = @SmsFallbackUrl, status_callback = @StatusCallback,
          sms_application_sid = @SmsApplicationSid, managed = managed or @Managed, drifted = (managed or @Managed) and @Drifted,
          checked_at = @Now
        where id = @Id and state = 'active'
        """;

    public const string RegisterSender = """
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
    public const string MarkReleased = """
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

    public const string DeleteNumber = "delete from phone_numbers where id = @Id and sender_id is null";
}
