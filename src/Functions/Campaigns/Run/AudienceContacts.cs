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
    private const string Select = """
        select c.id, c.first_name, c.last_name, c.language, c.fields::text
        from contacts c
        where c.id > @After
        """;

    private const string Order = """

        order by c.id
        limit @PageSize
        """;

    private const string ByTags = $"{Select} and c.tags && @Tags {Order}";

    private const string ByIds = $"{Select} and c.id = any(@ContactIds) {Order}";

    private const string ByImport = $"{Select} and c.id in (select contact_id from contact_import_rows where import_id = @ImportId) {Order}";

    private const string Suppressed = "select address from suppressions where channel = @Channel and address = any(@Keys)";

    public static async Task<List<AudienceContact>> PageAsync(
        NpgsqlTransaction tx, AddressHash hash, FreezeRecipients.Plan plan, Audience audience, Guid? after, int pageSize, CancellationToken ct)
    {
        var contacts = await tx.QueryAsync<AudienceContact>(audience.Tags is not null ? ByTags : audience.ContactIds is not null ? ByIds : ByImport, new
        {
            After = after ?? Guid.Empty,
            PageSize = pageSize,
            Tags = audience.Tags?.ToArray(),
            ContactIds = audience.ContactIds?.ToArray(),
            audience.ImportId,
        }, ct);
        var phones = await ContactPhones.OfAsync(tx, contacts.Select(contact => contact.Id), ct);
        // a refusal that came for an erased person, whose number was made known again meanwhile
        await RestoreSuppressions.RunAsync(tx, hash, plan.TenantId, phones.Values, ct);
        var suppressed = await tx.QueryAsync<string>(Suppressed, new { plan.Channel, Keys = phones.Values.Select(AddressKey.Of).ToArray() }, ct);
        var suppressedKeys = suppressed.ToHashSet(StringComparer.Ordinal);
        return [.. contacts.Select(contact => contact with
        {
            Phone = phones.GetValueOrDefault(contact.Id),
            Suppressed = phones.TryGetValue(contact.Id, out var phone) && suppressedKeys.Contains(AddressKey.Of(phone)),
        })];
    }
}
