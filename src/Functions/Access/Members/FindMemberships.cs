using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>
/// Reads the memberships of a user, oldest first. Every request reads them again, so that a removed member loses access immediately.
/// </summary>
internal sealed class FindMemberships(SystemDb db)
{
    // Bounds the work of one request. No real user has this many memberships; a user cannot select a tenant beyond the limit.
    private const int MaxMemberships = 500;

    private const string SelectMemberships = """
        select m.id, m.tenant_id, t.slug, t.name as tenant_name, m.name, m.role
        from members m
        join tenants t on t.id = m.tenant_id
        where m.issuer = @Issuer and m.subject = @Subject
        order by m.created_at, m.id
        limit @Limit
        """;

    public Task<List<Membership>> RunAsync(SignedInUser user, CancellationToken ct) =>
        db.RunAsync(tx =>
            tx.QueryAsync<Membership>(SelectMemberships, new { user.Issuer, user.Subject, Limit = MaxMemberships }, ct), ct);
}
