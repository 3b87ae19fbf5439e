using Dapper;
using Npgsql;
using Relais.DevHost.Issuer;

namespace Relais.DevHost.Seed;

/// <summary>The people of the demo in their tenants; run at every start, because the issuer's address may have moved.</summary>
public static class DemoMembers
{
    private const string Upsert = """
        insert into members (id, tenant_id, issuer, subject, name, email, role)
        values (@MemberId, @TenantId, @Issuer, @Subject, @Name, @Email, @Role)
        on conflict (id) do update set issuer = excluded.issuer
        """;

    /// <param name="owner">Connection string of the database's owner; the demo tenants are in.</param>
    /// <param name="issuer">As its tokens name it.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task RunAsync(string owner, string issuer, CancellationToken ct = default)
    {
        await using var connection = new NpgsqlConnection(owner);
        var rows = DemoUser.All.SelectMany(user => user.Roles, (user, role) =>
            new { role.MemberId, TenantId = role.Tenant.Id, Issuer = issuer, user.Subject, user.Name, user.Email, Role = role.Name });
        await connection.ExecuteAsync(new CommandDefinition(Upsert, rows, cancellationToken: ct));
    }
}
