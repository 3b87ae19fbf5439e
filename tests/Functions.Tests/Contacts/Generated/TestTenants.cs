using Dapper;
using Npgsql;
using Relais.Kit;

namespace Functions.Tests.Contacts.Generated;

/// <summary>Creates tenants with stored contacts, and reads their data, as the administrator of the database.</summary>
internal sealed class TestTenants(TestDatabase database) : IAsyncDisposable
{
    private const string InsertTenant = """
        insert into tenants (id, slug, name, country, locale, time_zone)
          values (@Id, 't-' || @Id, 'Test', @Country, @Locale, 'Africa/Conakry')
        """;

    private const string InsertContact = """
        insert into contacts (id, tenant_id, first_name, last_name, language, fields, tags)
        values (@Id, @Tenant, @FirstName, @LastName, @Language, @Fields::jsonb, @Tags);
        insert into contact_identities (tenant_id, kind, value, contact_id) select @Tenant, 'phone', value, @Id from unnest(@Numbers) value
        """;

    private readonly NpgsqlDataSource administrator = NpgsqlDataSource.Create(database.Superuser);

    public async Task<Guid> CreateAsync(GeneratedFile file)
    {
        var tenant = Guid.CreateVersion7();
        await using var connection = await administrator.OpenConnectionAsync();
        await connection.ExecuteAsync(InsertTenant, new { Id = tenant, file.Country, file.Locale });
        foreach (var contact in file.Stored)
        {
            await connection.ExecuteAsync(InsertContact, new
            {
                Id = Guid.CreateVersion7(),
                Tenant = tenant,
                contact.FirstName,
                contact.LastName,
                contact.Language,
                Fields = Relais.Platform.Http.Json.Write(contact.Fields),
                Tags = contact.Tags.ToArray(),
                Numbers = contact.Numbers.ToArray(),
            });
        }

        return tenant;
    }

    public async Task<int> ImportsAsync(Guid tenant)
    {
        await using var connection = await administrator.OpenConnectionAsync();
        return await connection.QuerySingleAsync<int>("select count(*) from contact_imports where tenant_id = @tenant", new { tenant });
    }

    /// <summary>Returns the contact of each number.</summary>
    public async Task<Dictionary<string, Guid?>> NumbersAsync(Guid tenant)
    {
        await using var connection = await administrator.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(string Number, Guid Contact)>(
            "select value, contact_id from contact_identities where tenant_id = @tenant", new { tenant });
        return rows.ToDictionary(row => row.Number, row => (Guid?)row.Contact, StringComparer.Ordinal);
    }

    public ValueTask DisposeAsync() => administrator.DisposeAsync();
}
