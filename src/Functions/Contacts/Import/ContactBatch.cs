using Npgsql;
using Relais.Consent;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Platform.Secrets;

namespace Relais.Contacts.Import;

/// <summary>Writes a batch of drafts, at most one per address key, in three statements.</summary>
internal static class ContactBatch
{
    // One statement, so that neither identity nor contact is inserted if another transaction inserts the same number first. The character
    // chr(31) separates tags.
    private const string InsertContacts = """
        with batch as (
          select * from unnest(@Ids, @Phones, @Hashes, @FirstNames, @LastNames, @Languages, @Fields, @Tags)
            as b (id, phone, hash, first_name, last_name, language, fields, tags)
        ),
        identities as (
          insert into contact_identities (tenant_id, kind, value, address_hash, contact_id, created_at)
          select @TenantId, 'phone', phone, hash, id, @Now from batch order by phone
          on conflict do nothing
          returning contact_id
        )
        insert into contacts (id, tenant_id, first_name, last_name, language, fields, tags, created_at, updated_at)
        select b.id, @TenantId, b.first_name, b.last_name, b.language, b.fields::jsonb, string_to_array(b.tags, chr(31)), @Now, @Now
        from batch b
        join identities i on i.contact_id = b.id
        """;

    private const string SelectContacts = """
        select k.key, i.contact_id
        from unnest(@Keys) as k (key)
        cross join lateral (
          select contact_id from contact_identities where tenant_id = @TenantId and kind = 'phone' and key = k.key limit 1
        ) i
        """;

    // Stored tags stay. New tags are added in their order until the contact has the maximum number of tags.
    private const string UpdateContacts = """
        with batch as (
          select b.*, string_to_array(b.tags, chr(31)) as tag_list
          from unnest(@Ids, @FirstNames, @LastNames, @Languages, @Fields, @TagsInOrder)
            as b (id, first_name, last_name, language, fields, tags)
          order by b.id
        ),
        merged as (
          select c.id, coalesce(nullif(b.first_name, ''), c.first_name) as first_name,
            coalesce(nullif(b.last_name, ''), c.last_name) as last_name,
            coalesce(b.language, c.language) as language, c.fields || b.fields::jsonb as fields, b.tag_list,
            case
              when c.tags @> b.tag_list then c.tags
              else array(
                select a.tag
                from (
                  select t.tag from unnest(b.tag_list) with ordinality as t (tag, place)
                  where t.tag <> all (c.tags)
                  order by t.place
                  limit greatest(0, @MaxTags - cardinality(c.tags))
                ) a
                union select unnest(c.tags)
                order by 1)
            end as tags
          from batch b
          cross join lateral (select * from contacts where id = b.id limit 1 for update) c
        ),
        updated as (
          -- The contacts exist and are locked. An insert with a conflict finds each contact by its id; the planner may answer an update
          -- with a join over all contacts of the tenant.
          insert into contacts as c (id, tenant_id, first_name, last_name, language, fields, tags, updated_at)
          select id, @TenantId, first_name, last_name, language, fields, tags, @Now from merged
          on conflict (id) do update
          set first_name = excluded.first_name, last_name = excluded.last_name, language = excluded.language, fields = excluded.fields,
            tags = excluded.tags, updated_at = excluded.updated_at
          where (c.first_name, c.last_name, c.language, c.fields, c.tags)
            is distinct from (excluded.first_name, excluded.last_name, excluded.language, excluded.fields, excluded.tags)
        )
        select id from merged where not tags @> tag_list
        """;

    private sealed class ContactKey
    {
        public required string Key { get; init; }
        public required Guid ContactId { get; init; }
    }

    /// <param name="HasLostTags">Whether new tags were left out because the contact has the maximum number of tags.</param>
    internal readonly record struct WrittenContact(Guid ContactId, bool Created, bool HasLostTags = false);

    /// <returns>The written contact by address key, for each draft.</returns>
    public static async Task<Dictionary<string, WrittenContact>> WriteAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, IReadOnlyCollection<ContactDraft> drafts,
        DateTimeOffset now, CancellationToken ct)
    {
        var ids = drafts.ToDictionary(draft => draft.Key, _ => Guid.CreateVersion7(now), StringComparer.Ordinal);
        await tx.ExecuteAsync(InsertContacts, Parameters(tenantId, hash, drafts, [.. drafts.Select(draft => ids[draft.Key])], now), ct);

        await RestoreSuppressions.RunAsync(tx, hash, tenantId, ids.Keys, ct);

        var contacts = await tx.QueryAsync<ContactKey>(SelectContacts, new { TenantId = tenantId, Keys = ids.Keys.ToArray() }, ct);
        var written = contacts.ToDictionary(
            row => row.Key, row => new WrittenContact(row.ContactId, ids[row.Key] == row.ContactId), StringComparer.Ordinal);

        if (written.Count < ids.Count)
        {
            throw new InvalidOperationException("Contacts of the import were deleted during the import, despite its lock.");
        }

        var existing = drafts.Where(draft => !written[draft.Key].Created).ToList();
        var withLostTags = await UpdateAsync(tx, hash, tenantId, existing, written, now, ct);
        return written.ToDictionary(
            row => row.Key, row => row.Value with { HasLostTags = withLostTags.Contains(row.Value.ContactId) }, StringComparer.Ordinal);
    }

    /// <returns>The contacts whose new tags did not all fit.</returns>
    private static async Task<HashSet<Guid>> UpdateAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, IReadOnlyCollection<ContactDraft> drafts,
        Dictionary<string, WrittenContact> written, DateTimeOffset now, CancellationToken ct)
    {
        var (withLostTags, byContact) = (new HashSet<Guid>(), new SortedDictionary<Guid, ContactDraft>());
        foreach (var draft in drafts)
        {
            // The file may have two numbers of one contact. Merge their drafts, because the statement takes one row per contact.
            var id = written[draft.Key].ContactId;
            if (!byContact.TryAdd(id, draft) && !byContact[id].Merge(draft))
            {
                withLostTags.Add(id);
            }
        }

        if (byContact.Count > 0)
        {
            var parameters = Parameters(tenantId, hash, byContact.Values, [.. byContact.Keys], now);
            withLostTags.UnionWith(await tx.QueryAsync<Guid>(UpdateContacts, parameters, ct));
        }

        return withLostTags;
    }

    private static object Parameters(
        Guid tenantId, AddressHash hash, IReadOnlyCollection<ContactDraft> drafts, Guid[] ids, DateTimeOffset now) => new
        {
            TenantId = tenantId,
            Ids = ids,
            Phones = drafts.Select(draft => draft.Phone).ToArray(),
            Hashes = drafts.Select(draft => hash.TryHash(tenantId, draft.Phone)).ToArray(),
            FirstNames = drafts.Select(draft => draft.FirstName).ToArray(),
            LastNames = drafts.Select(draft => draft.LastName).ToArray(),
            Languages = drafts.Select(draft => draft.Language).ToArray(),
            Fields = drafts.Select(draft => Json.Write(draft.Fields)).ToArray(),
            Tags = drafts.Select(draft => string.Join('\u001f', draft.Tags)).ToArray(),
            TagsInOrder = drafts.Select(draft => string.Join('\u001f', draft.TagsInOrder)).ToArray(),
            ContactDraft.MaxTags,
            Now = now.UtcDateTime,
        };
}
