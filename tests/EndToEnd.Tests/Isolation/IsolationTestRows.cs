using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace EndToEnd.Tests.Isolation;

/// <summary>
/// Inserts a row of the victim into every table that has a tenant, with values derived from the catalogue. A new table gets a row
/// automatically, or fails the test until its check constraints have a value here. Texts without a constraint contain <see cref="Mark"/>.
/// </summary>
internal sealed partial class IsolationTestRows(NpgsqlConnection superuser, Guid tenant, string erased = "erased:00000000:")
{
    public const string Mark = "planted-Zeichen-4711";

    // The leak detector treats these columns as texts of people. Ids of keys, which logs may name, contain the mark alone.
    private const string Words = $"{Mark} as words of a person";

    // No job of the app may pick up and change these rows: they have final states and due times far away.
    private static readonly Dictionary<string, string> Values = new()
    {
        ["tenant_id"] = "@Tenant",
        ["messages.campaign_id"] = "null",
        ["messages.stream_id"] = "(select id from senders where tenant_id = @Tenant limit 1)",
        ["senders.address"] = "'+41790000004'",
        ["phone_numbers.number"] = "'+41790000001'",
        ["phone_numbers.state"] = "'released'",
        ["number_orders.number"] = "'+41790000002'",
        ["number_orders.status"] = "'done'",
        ["messages.status"] = "'delivered'",
        ["messages.due_at"] = "now() + interval '300 days'",
        ["messages.channel"] = "'sms'",
        ["messages.body"] = $"'{Words}'",
        ["messages.content_variables"] = $$"""'{"note": "{{Words}}"}'::jsonb""",
        ["campaign_recipients.variables"] = $$"""'{"note": "{{Words}}"}'::jsonb""",
        ["messages.contact_address"] = "'+41790000003'",
        ["campaign_recipients.address"] = "'+41790000003'",
        ["contact_identities.kind"] = "'phone'",
        ["contact_identities.value"] = "'+41790000003'",
        ["consents.address"] = "'+41790000003'",
        ["suppressions.address"] = "'+41790000003'",
        ["recipient_pace.address"] = "'+41790000003'",
        ["provider_accounts.previous_secret_key_id"] = "null",
        ["webhook_events.state"] = "'done'",
        ["webhook_events.contact_address"] = "'+41790000003'",
        ["invitations.role"] = "'owner'",
        ["invitations.expires_at"] = "now() + interval '300 days'",
    };

    private sealed record Column(string Name, string Type, bool Needed, string? Parent, string? Check);

    /// <summary>The phone numbers among the values. No response to another tenant may contain them.</summary>
    public static IReadOnlyList<string> Numbers { get; } = ["+41790000001", "+41790000002", "+41790000003", "+41790000004"];

    public static Task<IEnumerable<string>> TablesAsync(NpgsqlConnection superuser) => superuser.QueryAsync<string>("""
        select c.relname::text
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
        order by c.relname
        """);

    /// <summary>Every id in the victim's rows, by the column that contains it, such as "campaigns.id".</summary>
    public async Task<Dictionary<string, Guid>> IdsAsync()
    {
        var ids = new Dictionary<string, Guid> { ["tenants.id"] = tenant };
        foreach (var table in await TablesAsync(superuser))
        {
            foreach (var column in (await ColumnsAsync(table)).Where(
                column => column.Type == "uuid" && column.Name is "id" or "sender_id" or "message_id"))
            {
                var id = await superuser.QueryFirstOrDefaultAsync<Guid?>(
                    $"select {column.Name} from {table} where tenant_id = @tenant and {column.Name} is not null", new { tenant });
                if (id is { } found && !ids.ContainsValue(found))
                {
                    ids.Add($"{table}.{column.Name}", found);
                }
            }
        }

        return ids;
    }

    public async Task PlantAsync() => await PlantAsync(await TablesAsync(superuser));

    public async Task PlantAsync(IEnumerable<string> tables)
    {
        var pending = tables.ToList();
        while (pending.Count > 0)
        {
            var before = pending.Count;
            foreach (var table in pending.ToList())
            {
                if (await superuser.QuerySingleAsync<bool>($"select exists (select from {table} where tenant_id = @tenant)", new { tenant })
                    || await InsertAsync(table))
                {
                    pending.Remove(table);
                }
            }

            Assert.True(pending.Count < before, $"No row could be planted in {string.Join(", ", pending)}: their parents have none.");
        }
    }

    /// <summary>Computes a checksum over all rows of the tenant for each table.</summary>
    public async Task<Dictionary<string, string>> ChecksumsAsync()
    {
        var sums = new Dictionary<string, string>();
        foreach (var table in await TablesAsync(superuser))
        {
            sums[table] = await superuser.QuerySingleAsync<string>(
                $"select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t " +
                "where tenant_id = @tenant",
                new { tenant });
            Assert.False(sums[table].StartsWith("0 ", StringComparison.Ordinal), $"{table} has no row of the victim");
        }

        sums["tenants"] = await superuser.QuerySingleAsync<string>("select md5(t::text) from tenants t where id = @tenant", new { tenant });
        return sums;
    }

    /// <summary>
    /// For each column that references a parent: a statement that inserts a row of this tenant under a parent of another tenant.
    /// </summary>
    /// <returns>Column and insert statement.</returns>
    public async Task<List<(string Column, string Sql)>> UnderParentsOfAsync(Guid other)
    {
        var inserts = new List<(string, string)>();
        foreach (var table in await TablesAsync(superuser))
        {
            var columns = await ColumnsAsync(table);
            foreach (var child in columns.Where(column => column.Parent is not null || column.Name is "stream_id"))
            {
                var assignments = new List<(string Name, string Value)>();
                foreach (var column in columns)
                {
                    var value = column != child ? column.Name == "id" ? DefaultFor(column) : await ValueAsync(table, column)
                        : $"(select id from {column.Parent ?? "campaigns"} where tenant_id = '{other}' limit 1)";
                    if (value is not null)
                    {
                        assignments.Add((column.Name, value.Replace("@Tenant", $"'{tenant}'", StringComparison.Ordinal)));
                    }
                }

                // Delete the other tenant's row first: a unique key would refuse the new row for the wrong reason.
                inserts.Add(($"{table}.{child.Name}", $"set local session_replication_role = replica; delete from {table} " +
                    $"where tenant_id = '{other}'; set local session_replication_role = origin; insert into {table} " +
                    $"({string.Join(", ", assignments.Select(pair => pair.Name))}) " +
                    $"values ({string.Join(", ", assignments.Select(pair => pair.Value))})"));
            }
        }

        return inserts;
    }

    private async Task<bool> InsertAsync(string table)
    {
        var (names, values) = (new List<string>(), new List<string>());
        foreach (var column in await ColumnsAsync(table))
        {
            var value = await ValueAsync(table, column);
            if (value is null && column.Needed && column.Parent is not null)
            {
                return false;
            }

            if (value is not null)
            {
                names.Add(column.Name);
                values.Add(value);
            }
        }

        try
        {
            await superuser.ExecuteAsync(
                $"insert into {table} ({string.Join(", ", names)}) values ({string.Join(", ", values)})", new { Tenant = tenant });
            return true;
        }
        catch (PostgresException e)
        {
            throw new InvalidOperationException($"Name values for {table} that its checks accept: {e.MessageText}", e);
        }
    }

    /// <returns>The value as an SQL expression; null: the column is left out.</returns>
    private async Task<string?> ValueAsync(string table, Column column)
    {
        // The hash must belong to the hash key of the app that uses this database, because the app stops at another key.
        if ($"{table}.{column.Name}" == "consent_proofs.address_hash")
        {
            return $"'{erased}x'";
        }

        if (Values.TryGetValue($"{table}.{column.Name}", out var configured) || Values.TryGetValue(column.Name, out configured))
        {
            return configured;
        }

        if (column.Parent is { } parent)
        {
            var id = await superuser.QueryFirstOrDefaultAsync<Guid?>($"select id from {parent} where tenant_id = @tenant", new { tenant });
            return id is { } found ? $"'{found}'::uuid" : null;
        }

        return column.Check is { } check && Allowed().Match(check) is { Success: true } allowed ? $"'{allowed.Groups[1].Value}'"
            : column.Needed || (column.Check is null && column.Type is "text" or "jsonb" or "text[]") ? DefaultFor(column)
            : null;
    }

    private static string DefaultFor(Column column) => column.Type switch
    {
        "uuid" => $"'{Guid.CreateVersion7()}'::uuid",
        "text" => column.Name == "country" ? "'CH'" : $"'{Mark}'",
        "text[]" => $"array['{Mark}']",
        "jsonb" => $"'{{\"note\": \"{Mark}\"}}'::jsonb",
        "bytea" => string.Create(CultureInfo.InvariantCulture, $"convert_to('{Mark}', 'UTF8')"),
        "date" => "date '2026-01-01'",
        "timestamp with time zone" => "now()",
        "boolean" => "false",
        "interval" => "interval '1 hour'",
        _ => "1",
    };

    private Task<List<Column>> ColumnsAsync(string table) => QueryAsync("""
        select a.attname::text as name, format_type(a.atttypid, null) as type, a.attnotnull and not a.atthasdef as needed,
          (select p.confrelid::regclass::text from pg_constraint p
            where p.conrelid = a.attrelid and p.contype = 'f' and a.attnum = any(p.conkey) and a.attname <> 'tenant_id'
              and p.confrelid <> 'tenants'::regclass limit 1) as parent,
          (select string_agg(pg_get_constraintdef(k.oid), ' ') from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'c'
            and k.conkey = array[a.attnum]) as "check"
        from pg_attribute a
        where a.attrelid = @table::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by a.attnum
        """, table);

    private async Task<List<Column>> QueryAsync(string sql, string table) =>
        (await superuser.QueryAsync<Column>(sql, new { table })).AsList();

    [GeneratedRegex(@"= ANY \(+ARRAY\['([^']+)'")]
    private static partial Regex Allowed();
}
