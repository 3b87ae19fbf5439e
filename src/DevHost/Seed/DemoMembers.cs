using Dapper;
using Npgsql;
using Relais.DevHost.Issuer;

namespace Relais.DevHost.Seed;

/// <summary>Adds the demo users to their tenants. This runs at every start, because the issuer's address may have changed.</summary>
public static class DemoMembers
{
    private const string UpsertMember = """
        insert into members (id, tenant_id, issuer, subject, name, email, role)
        values (@MemberId, @TenantId, @Issuer, @Subject, @Name, @Email, @Role)
        on conflict (id) do update set issuer = excluded.issuer
        """;

    /// <param name="owner">Connection string of the owner of the database, which must already contain the demo tenants.</param>
    /// <param name="issuer">The issuer identifier (iss claim).</param>
    /// <param name="ct">Cancels the statements.</param>
    public static async Task RunAsync(string owner, string issuer, CancellationToken ct = default)
    {
        await using var connection = new NpgsqlConnection(owner);
        var rows = DemoUser.All.SelectMany(user => user.Roles, (user, role) =>
            new { role.MemberId, TenantId = role.Tenant.Id, Issuer = issuer, user.Subject, user.Name, user.Email, Role = role.Name });
        await connection.ExecuteAsync(new CommandDefinition(UpsertMember, rows, cancellationToken: ct));
    }
}
