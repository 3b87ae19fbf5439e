using Npgsql;
using Relais.Consent;
using Relais.Contacts;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Platform.Secrets;

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
    public bool Suppressed { get; init; }

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
    // a page is read in the order of an index: a planner that sorts reads all contacts that are left, for every page
    private const string SetEnableSort = "select set_config('enable_sort', @Value, true)";

    private const string SelectContactsAfter = """
        select c.id, c.first_name, c.last_name, c.language, c.fields::text
        from contacts c
        where c.id > @After
        """;

    private const string PageClause = """

        order by c.id
        limit @PageSize
        """;

    private const string SelectByTags = $"{SelectContactsAfter} and c.tags && @Tags {PageClause}";

    private const string SelectByIds = $"{SelectContactsAfter} and c.id = any(@ContactIds) {PageClause}";

    internal const string SelectImportedIds = """
        select distinct r.contact_id
        from contact_import_rows r
        where r.import_id = @ImportId and r.contact_id > @After
        order by r.contact_id
        limit @PageSize
        """;

    private const string SelectContactsById = """
        select c.id, c.first_name, c.last_name, c.language, c.fields::text
        from contacts c
        where c.id = any(@Ids)
        order by c.id
        """;

    private const string SelectSuppressedKeys = """
        select k.key
        from unnest(@Keys) as k (key)
        cross join lateral (
          select from suppressions where tenant_id = @TenantId and channel = @Channel and address = k.key limit 1
        ) s
        """;

    public static async Task<List<AudienceContact>> SelectPageAsync(
        NpgsqlTransaction tx, AddressHash hash, FreezeRecipients.CampaignToFreeze plan, Audience audience, Guid? after, int pageSize, CancellationToken ct)
    {
        await tx.ExecuteAsync(SetEnableSort, new { Value = "off" }, ct);
        var contacts = audience.ImportId is { } importId
            ? await SelectImportPageAsync(tx, importId, after ?? Guid.Empty, pageSize, ct)
            : await tx.QueryAsync<AudienceContact>(audience.Tags is not null ? SelectByTags : SelectByIds, new
            {
                After = after ?? Guid.Empty,
                PageSize = pageSize,
                Tags = audience.Tags?.ToArray(),
                ContactIds = audience.ContactIds?.ToArray(),
            }, ct);
        await tx.ExecuteAsync(SetEnableSort, new { Value = "on" }, ct);
        var phones = await ContactPhones.SelectPhonesAsync(tx, contacts.Select(contact => contact.Id), ct);
        // a refusal that came for an erased person, whose number was made known again meanwhile
        await RestoreSuppressions.RunAsync(tx, hash, plan.TenantId, phones.Values, ct);
        var suppressed = await tx.QueryAsync<string>(SelectSuppressedKeys, new { plan.TenantId, plan.Channel, Keys = phones.Values.Select(AddressKey.From).ToArray() }, ct);
        var suppressedKeys = suppressed.ToHashSet(StringComparer.Ordinal);
        return [.. contacts.Select(contact => contact with
        {
            Phone = phones.GetValueOrDefault(contact.Id),
            Suppressed = phones.TryGetValue(contact.Id, out var phone) && suppressedKeys.Contains(AddressKey.From(phone)),
        })];
    }

    /// <summary>As many contacts as a page has, or all that are left: rows of contacts that were erased meanwhile do not make a page shorter.</summary>
    private static async Task<List<AudienceContact>> SelectImportPageAsync(NpgsqlTransaction tx, Guid importId, Guid after, int pageSize, CancellationToken ct)
    {
        var contacts = new List<AudienceContact>();
        List<Guid> ids;
        do
        {
            ids = await tx.QueryAsync<Guid>(SelectImportedIds, new { ImportId = importId, After = after, PageSize = pageSize }, ct);
            contacts.AddRange(ids.Count > 0 ? await tx.QueryAsync<AudienceContact>(SelectContactsById, new { Ids = ids.ToArray() }, ct) : []);
            after = ids.LastOrDefault();
        }
        while (contacts.Count < pageSize && ids.Count == pageSize);
        return [.. contacts.Take(pageSize)];
    }
}
