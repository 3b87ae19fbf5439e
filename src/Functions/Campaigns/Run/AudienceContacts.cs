using Npgsql;
using Relais.Consent;
using Relais.Contacts;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Campaigns.Run;

/// <summary>Reads the contacts of an audience in keyset pages, in the order of their ids.</summary>
internal static class AudienceContacts
{
    // Without sorting, a page is read in the order of an index. A plan with a sort reads all remaining contacts for every page.
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
        NpgsqlTransaction tx,
        AddressHash hash,
        FreezeRecipients.CampaignToFreeze campaign,
        Audience audience,
        Guid? after,
        int pageSize,
        CancellationToken ct)
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
        // An opt-out may have arrived for an erased person whose number was stored again meanwhile.
        await RestoreSuppressions.RunAsync(tx, hash, campaign.TenantId, phones.Values, ct);
        var parameters = new { campaign.TenantId, campaign.Channel, Keys = phones.Values.Select(AddressKey.From).ToArray() };
        var suppressedKeys = (await tx.QueryAsync<string>(SelectSuppressedKeys, parameters, ct)).ToHashSet(StringComparer.Ordinal);
        return [.. contacts.Select(contact => contact with
        {
            Phone = phones.GetValueOrDefault(contact.Id),
            Suppressed = phones.TryGetValue(contact.Id, out var phone) && suppressedKeys.Contains(AddressKey.From(phone)),
        })];
    }

    /// <summary>
    /// Reads a full page, or all remaining contacts. Import rows of contacts that were erased meanwhile do not make a page shorter, because
    /// a short page ends the audience.
    /// </summary>
    private static async Task<List<AudienceContact>> SelectImportPageAsync(
        NpgsqlTransaction tx, Guid importId, Guid after, int pageSize, CancellationToken ct)
    {
        var contacts = new List<AudienceContact>();
        List<Guid> ids;
        do
        {
            ids = await tx.QueryAsync<Guid>(SelectImportedIds, new { ImportId = importId, After = after, PageSize = pageSize }, ct);
            contacts.AddRange(
                ids.Count > 0 ? await tx.QueryAsync<AudienceContact>(SelectContactsById, new { Ids = ids.ToArray() }, ct) : []);
            after = ids.LastOrDefault();
        }
        while (contacts.Count < pageSize && ids.Count == pageSize);
        return [.. contacts.Take(pageSize)];
    }
}
