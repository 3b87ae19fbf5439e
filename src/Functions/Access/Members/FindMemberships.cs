using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>Read at each request: whoever was removed is out at once.</summary>
internal sealed class FindMemberships(SystemDb db)
{
    // far above what one person has; the rest could not be chosen
    private const int MaxMemberships = 500;

    private const string SelectMemberships = """
        select m.id, m.tenant_id, t.slug, t.name as tenant_name, m.name, m.role
        from members m
        join tenants t on t.id = m.tenant_id
        where m.issuer = @Issuer and m.subject = @Subject
        order by m.created_at, m.id
        limit @Limit
        """;

    public Task<List<Membership>> RunAsync(SignedInUser person, CancellationToken ct) =>
        db.RunAsync(tx => tx.QueryAsync<Membership>(SelectMemberships, new { person.Issuer, person.Subject, Limit = MaxMemberships }, ct), ct);
}
