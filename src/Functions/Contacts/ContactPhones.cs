using Npgsql;
using Relais.Platform.Database;

namespace Relais.Contacts;

/// <summary>The number of each of some contacts, by one statement for all.</summary>
internal static class ContactPhones
{
    private const string SelectPhones = """
        select c.id as contact_id, i.phone
        from unnest(@Ids) as c (id)
        cross join lateral (
          -- without the offset the smallest value is looked for along the index of all values
          select min(value) as phone from (select value from contact_identities where contact_id = c.id and kind = 'phone' offset 0) v
        ) i
        where i.phone is not null
        """;

    private sealed class Row
    {
        public required Guid ContactId { get; init; }
        public required string Phone { get; init; }
    }

    public static async Task<Dictionary<Guid, string>> SelectPhonesAsync(NpgsqlTransaction tx, IEnumerable<Guid> contacts, CancellationToken ct) =>
        (await tx.QueryAsync<Row>(SelectPhones, new { Ids = contacts.ToArray() }, ct)).ToDictionary(row => row.ContactId, row => row.Phone);
}
