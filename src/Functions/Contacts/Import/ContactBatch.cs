using Npgsql;
using Relais.Consent;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Platform.Secrets;

namespace Relais.Contacts.Import;

/// <summary>Writes a batch of drafts, one per key of a number, in three statements.</summary>
internal static class ContactBatch
{
    // One statement: a number that somebody else takes meanwhile makes neither identity nor contact. chr(31) separates tags.
    private const string InsertContacts = """
        with given as (
          select * from unnest(@Ids, @Phones, @Hashes, @FirstNames, @LastNames, @Languages, @Fields, @Tags)
            as g (id, phone, hash, first_name, last_name, language, fields, tags)
        ),
        identities as (
          insert into contact_identities (tenant_id, kind, value, address_hash, contact_id, created_at)
          select @TenantId, 'phone', phone, hash, id, @Now from given order by phone
          on conflict do nothing
          returning contact_id
        )
        insert into contacts (id, tenant_id, first_name, last_name, language, fields, tags, created_at, updated_at)
        select g.id, @TenantId, g.first_name, g.last_name, g.language, g.fields::jsonb, string_to_array(g.tags, chr(31)), @Now, @Now
        from given g
        join identities i on i.contact_id = g.id
        """;

    private const string SelectExisting = """
        select k.key, i.contact_id
        from unnest(@Keys) as k (key)
        cross join lateral (
          select contact_id from contact_identities where tenant_id = @TenantId and kind = 'phone' and key = k.key limit 1
        ) i
        """;

    // stored tags stay, and new ones fill up what is left of the most that a contact has, in their order
    private const string UpdateContacts = """
        with given as (
          select g.*, string_to_array(g.tags, chr(31)) as tag_list
          from unnest(@Ids, @FirstNames, @LastNames, @Languages, @Fields, @TagsInOrder)
            as g (id, first_name, last_name, language, fields, tags)
          order by g.id
        ),
        merged as (
          select c.id, coalesce(nullif(g.first_name, ''), c.first_name) as first_name,
            coalesce(nullif(g.last_name, ''), c.last_name) as last_name,
            coalesce(g.language, c.language) as language, c.fields || g.fields::jsonb as fields, g.tag_list,
            case
              when c.tags @> g.tag_list then c.tags
              else array(
                select a.tag
                from (
                  select t.tag from unnest(g.tag_list) with ordinality as t (tag, place)
                  where t.tag <> all (c.tags)
                  order by t.place
                  limit greatest(0, @MostTags - cardinality(c.tags))
                ) a
                union select unnest(c.tags)
                order by 1)
            end as tags
          from given g
          cross join lateral (select * from contacts where id = g.id limit 1 for update) c
        ),
        updated as (
          -- the contacts are there and locked: written so, each is found by its id, and no planner compares all contacts of the tenant with the batch
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

    private sealed class ExistingContact
    {
        public required string Key { get; init; }
        public required Guid ContactId { get; init; }
    }

    /// <param name="HasLostTags">The contact had so many tags that not all of the new ones fit.</param>
    internal readonly record struct Written(Guid ContactId, bool Created, bool HasLostTags = false);

    public static async Task<Dictionary<string, Written>> WriteAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, IReadOnlyCollection<ContactDraft> drafts, DateTimeOffset now, CancellationToken ct)
    {
        var ids = drafts.ToDictionary(draft => draft.Key, _ => Guid.CreateVersion7(now), StringComparer.Ordinal);
        await tx.ExecuteAsync(InsertContacts, Parameters(tenantId, hash, drafts, [.. drafts.Select(draft => ids[draft.Key])], now), ct);

        await RestoreSuppressions.RunAsync(tx, hash, tenantId, ids.Keys, ct);

        var known = await tx.QueryAsync<ExistingContact>(SelectExisting, new { TenantId = tenantId, Keys = ids.Keys.ToArray() }, ct);
        var written = known.ToDictionary(
            row => row.Key, row => new Written(row.ContactId, ids[row.Key] == row.ContactId), StringComparer.Ordinal);

        if (written.Count < ids.Count)
        {
            throw new InvalidOperationException("Contacts vanished while they were imported.");
        }

        var cut = await UpdateAsync(tx, hash, tenantId, [.. drafts.Where(draft => !written[draft.Key].Created)], written, now, ct);
        return written.ToDictionary(
            row => row.Key, row => row.Value with { HasLostTags = cut.Contains(row.Value.ContactId) }, StringComparer.Ordinal);
    }

    /// <returns>The contacts whose new tags did not all fit.</returns>
    private static async Task<HashSet<Guid>> UpdateAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, IReadOnlyCollection<ContactDraft> drafts, Dictionary<string, Written> written,
        DateTimeOffset now, CancellationToken ct)
    {
        var (cut, byContact) = (new HashSet<Guid>(), new SortedDictionary<Guid, ContactDraft>());
        foreach (var draft in drafts)
        {
            // a contact may have two numbers, and an UPDATE takes one row for each contact
            var id = written[draft.Key].ContactId;
            if (!byContact.TryAdd(id, draft) && !byContact[id].Merge(draft))
            {
                cut.Add(id);
            }
        }

        if (byContact.Count > 0)
        {
            cut.UnionWith(await tx.QueryAsync<Guid>(UpdateContacts, Parameters(tenantId, hash, byContact.Values, [.. byContact.Keys], now), ct));
        }

        return cut;
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
            MostTags = ContactDraft.MaxTags,
            Now = now.UtcDateTime,
        };
}
