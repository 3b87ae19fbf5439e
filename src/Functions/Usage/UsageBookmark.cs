namespace Relais.Usage;

/// <summary>The days of a tenant that <see cref="RollUpDays"/> has counted.</summary>
internal sealed class UsageBookmark
{
    // PostgreSQL reads each minimum from the first entry of an index.
    public const string Select = """
        select t.usage_counted_to as counted_to, t.usage_final_to as final_to,
          least(
            (select min(sent_at) from messages where tenant_id = @TenantId and sent_at is not null),
            (select min(ended_at) from messages where tenant_id = @TenantId and ended_at is not null)) as first_at
        from tenants t
        where t.id = @TenantId
        """;

    /// <summary>All days up to this one have been counted; null when none was.</summary>
    public DateOnly? CountedTo { get; init; }

    /// <summary>All days up to this one have been counted for the last time; null when none was.</summary>
    public DateOnly? FinalTo { get; init; }

    /// <summary>The time of the tenant's first message; null when there is none.</summary>
    public DateTime? FirstAt { get; init; }
}
