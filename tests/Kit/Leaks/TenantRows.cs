using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace Relais.Kit.Leaks;

/// <summary>
/// Reads the values from the rows of tenants that must not appear in any output: numbers, texts, template variables, members and auth
/// tokens.
/// </summary>
internal static class TenantRows
{
    private const string SelectTables = """
        select c.relname::text from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
        """;

    // Includes draft campaigns and inbound texts that became no message.
    private const string SelectBodies = """
        select distinct body from messages where length(body) >= 5
        union select message1 ->> 'body' from campaigns union select message2 ->> 'body' from campaigns
        union select payload ->> 'Body' from webhook_events where length(payload ->> 'Body') >= 5
        """;

    // A shorter value may be a word, a first name or a day, which other texts contain as well.
    private const string SelectVariables = """
        select distinct v.value from messages,
          jsonb_each_text(case jsonb_typeof(content_variables) when 'object' then content_variables end) v
        where length(v.value) >= 10
        union
        select v.value from campaign_recipients, jsonb_each_text(case jsonb_typeof(variables) when 'object' then variables end) v
        where length(v.value) >= 10
        """;

    private const string SelectUsers = """
        select value from contact_identities where kind = 'whatsapp_user' and length(value) >= 8
        union select payload ->> 'ExternalUserId' from webhook_events where length(payload ->> 'ExternalUserId') >= 8
        """;

    // A name of one word may also be a word of the app.
    private const string SelectMembers = """
        select email from members where email like '%_@_%'
        union select name from members where name like '%_ _%' and length(name) >= 8
        union select name from invitations where name like '%_ _%' and length(name) >= 8
        """;

    public static async Task PlantAsync(SecretValues planted, string superuser)
    {
        await using var connection = new NpgsqlConnection(superuser);
        foreach (var table in await connection.QueryAsync<string>(SelectTables))
        {
            foreach (var row in await connection.QueryAsync<string>(
                $"select t::text from {table} t where t::text ~ '(\\+|%2[Bb])[1-9][0-9]{{6}}'"))
            {
                planted.AddNumbers(row);
            }
        }

        foreach (var (kind, sql) in new[]
        {
            ("body of a message", SelectBodies), ("variable of a template", SelectVariables), ("WhatsApp user", SelectUsers),
            ("member of an organisation", SelectMembers),
        })
        {
            foreach (var text in await connection.QueryAsync<string?>(sql))
            {
                planted.AddText(kind, text);
            }
        }
    }

    /// <param name="open">Decrypts a stored auth token, given its key id and its tenant.</param>
    public static async Task PlantTokensAsync(SecretValues planted, string superuser, Func<byte[], string, Guid, string> open)
    {
        await using var connection = new NpgsqlConnection(superuser);
        var accounts = await connection.QueryAsync<(Guid TenantId, string Sid, byte[] Secret, string KeyId)>(
            "select tenant_id, account_sid, secret, secret_key_id from provider_accounts");
        foreach (var account in accounts)
        {
            try
            {
                var token = open(account.Secret, account.KeyId, account.TenantId);
                planted.AddSecret("auth token", token);
                planted.AddSecret("auth token", $"{account.Sid}:{token}");
            }
            catch (CryptographicException)
            {
                // A test wrote this row itself or used another key.
            }
        }
    }
}
