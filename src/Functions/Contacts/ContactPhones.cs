using Npgsql;
using Relais.Platform.Database;

namespace Relais.Contacts;

/// <summary>
/// The number of each of some contacts, by one statement for all: asked for each contact inside another statement, a planner without
/// statistics (right after an import) walks all numbers of the tenant each time.
/// </summary>
internal static class ContactPhones
{
    private const string Find = """
        select contact_id, min(value) as phone
        from contact_identities
        where contact_id = any(@Ids) and kind = 'phone'
        group by contact_id
        """;

    private sealed class Row
    {
        public required Guid ContactId { get; init; }
        public required string Phone { get; init; }
    }

    public static async Task<Dictionary<Guid, string>> OfAsync(NpgsqlTransaction tx, IEnumerable<Guid> contacts, CancellationToken ct) =>
        (await tx.QueryAsync<Row>(Find, new { Ids = contacts.ToArray() }, ct)).ToDictionary(row => row.ContactId, row => row.Phone);
}
