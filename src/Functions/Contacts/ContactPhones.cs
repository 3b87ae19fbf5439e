using Npgsql;
using Relais.Platform.Database;

namespace Relais.Contacts;

/// <summary>Reads the phone numbers of several contacts with one statement.</summary>
internal static class ContactPhones
{
    private const string SelectPhones = """
        select c.id as contact_id, i.phone
        from unnest(@Ids) as c (id)
        cross join lateral (
          -- the offset keeps the planner from searching the smallest value along the index of all values
          select min(value) as phone
          from (select value from contact_identities where contact_id = c.id and kind = 'phone' offset 0) v
        ) i
        where i.phone is not null
        """;

    private sealed class PhoneRow
    {
        public required Guid ContactId { get; init; }
        public required string Phone { get; init; }
    }

    /// <returns>The phone number by contact id; the smallest if a contact has several. A contact without a number is missing.</returns>
    public static async Task<Dictionary<Guid, string>> SelectPhonesAsync(
        NpgsqlTransaction tx, IEnumerable<Guid> contacts, CancellationToken ct) =>
        (await tx.QueryAsync<PhoneRow>(SelectPhones, new { Ids = contacts.ToArray() }, ct))
            .ToDictionary(row => row.ContactId, row => row.Phone);
}
