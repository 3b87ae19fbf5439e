namespace Relais.Sending.Pump;

/// <summary>The statements behind <see cref="SenderLeases"/>.</summary>
internal static class SenderLeaseSql
{
    public const string InsertLeaseRows = """
        insert into sender_leases (sender_id, tenant_id) values (@SenderId, @TenantId) on conflict do nothing;
        insert into tenant_pace (tenant_id) values (@TenantId) on conflict do nothing;
        """;

    // The holder of a lease that expired without release may have sent until the last moment, so its sends count as a full window.
    public const string AcquireLease = """
        with free as (
          select sender_id, lease_until, recent_sends, recent_units
          from sender_leases
          where sender_id = @SenderId and (lease_until is null or lease_until <= clock_timestamp())
          for update
        )
        update sender_leases l
        set epoch = l.epoch + 1, lease_until = clock_timestamp() + @Length
        from free f
        where l.sender_id = f.sender_id
        returning l.epoch, f.lease_until is not null as abandoned,
          array(
            select extract(epoch from clock_timestamp() - t.at)::float8
            from unnest(f.recent_sends) with ordinality t (at, n)
            order by n) as ages,
          f.recent_units as units, coalesce(extract(epoch from clock_timestamp() - f.lease_until), 0)::float8 as expired_for
        """;

    public const string SelectInterrupted = """
        select id from messages where sender_id = @SenderId and status = 'claimed' and claim_epoch < @Epoch
        """;

    public const string MarkInterruptedUnknown = """
        update messages
        set status = 'unknown', error_code = 'interrupted'
        where id = any(@Ids) and status = 'claimed' and claim_epoch < @Epoch
        """;

    public const string ExtendLease = """
        update sender_leases set lease_until = clock_timestamp() + @Length
        where sender_id = @SenderId and epoch = @Epoch and lease_until > clock_timestamp()
        """;
}
