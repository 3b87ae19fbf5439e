using Npgsql;
using Relais.Contacts;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Campaigns.Run;

/// <summary>A contact as a campaign sees it at its start.</summary>
internal sealed record AudienceContact
{
    public required Guid Id { get; init; }
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public string? Language { get; init; }
    public required string Fields { get; init; }
    public string? Phone { get; init; }
    public required bool Suppressed { get; init; }

    public Dictionary<string, string> Values()
    {
        var values = Json.Read<Dictionary<string, string>>(Fields);
        values[FieldName.FirstName] = FirstName;
        values[FieldName.LastName] = LastName;
        values[FieldName.Phone] = Phone ?? "";
        values[FieldName.Language] = Language ?? "";
        return values;
    }
}

/// <summary>The contacts of an audience in pages, in the order of their ids.</summary>
internal static class AudienceContacts
{
    private const string Select = """
        select c.id, c.first_name, c.last_name, c.language, c.fields::text, i.value as phone,
          exists (select from suppressions s where s.tenant_id = c.tenant_id and s.channel = @Channel and s.address = i.value) as suppressed
        from contacts c
        left join lateral (
          select value from contact_identities where contact_id = c.id and kind = 'phone' order by value limit 1) i on true
        where c.id > @After
        """;

    private const string Order = """

        order by c.id
        limit @PageSize
        """;

    private const string ByTags = $"{Select} and c.tags && @Tags {Order}";

    private const string ByIds = $"{Select} and c.id = any(@ContactIds) {Order}";

    private const string ByImport = $"{Select} and c.id in (select contact_id from contact_import_rows where import_id = @ImportId) {Order}";

    public static Task<List<AudienceContact>> PageAsync(
        NpgsqlTransaction tx, Audience audience, string channel, Guid? after, int pageSize, CancellationToken ct) =>
        tx.QueryAsync<AudienceContact>(audience.Tags is not null ? ByTags : audience.ContactIds is not null ? ByIds : ByImport, new
        {
            Channel = channel,
            After = after ?? Guid.Empty,
            PageSize = pageSize,
            Tags = audience.Tags?.ToArray(),
            ContactIds = audience.ContactIds?.ToArray(),
            audience.ImportId,
        }, ct);
}
