using Dapper;
using Npgsql;

namespace Relais.Kit.Leaks;

/// <summary>
/// Inputs, outputs, events and custom states of orchestrations as they were written: a history is replaced and purged,
/// so each table of the engine keeps a copy of what goes into it.
/// </summary>
internal static class DurableRecord
{
    private const string Install = """
        create schema leak_watch;
        create unlogged table leak_watch.seen (place text, text text);

        create function leak_watch.keep() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
        begin
          insert into leak_watch.seen
          select tg_table_name || '.' || key, value from jsonb_each_text(to_jsonb(new)) where length(value) > 6;
          return null;
        end $$;

        create function leak_watch.follow() returns event_trigger language plpgsql security definer set search_path = pg_catalog as $$
        declare made record;
        begin
          for made in select objid::regclass as name, schema_name from pg_event_trigger_ddl_commands() where object_type = 'table' loop
            if made.schema_name not in ('public', 'leak_watch', 'write_watch', 'pg_temp') then
              execute format('create trigger leak_watch after insert or update on %s for each row execute function leak_watch.keep()', made.name);
            end if;
          end loop;
        end $$;

        create event trigger leak_watch on ddl_command_end when tag in ('CREATE TABLE') execute function leak_watch.follow();
        """;

    public static Task InstallAsync(TestDatabase database) => database.ExecuteAsync(Install);

    public static async Task<IReadOnlyList<string>> ReadAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        return (await connection.QueryAsync<string>("select string_agg(distinct text, E'\\n') from leak_watch.seen group by place having count(*) > 0")).AsList();
    }
}
