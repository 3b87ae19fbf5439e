using Relais.Kit;

namespace EndToEnd.Tests.MixedLoad;

/// <summary>Records in the database how long each message had an unknown outcome.</summary>
internal static class UnknownOutcomeDurations
{
    // The function runs with the rights of its owner, because the app has no rights on this table.
    private const string CreateTrigger = """
        create table unknown_spans (message_id uuid not null, since timestamptz not null, until timestamptz);
        create index on unknown_spans (message_id) where until is null;
        create function note_span() returns trigger language plpgsql security definer as $$
          begin
            if new.status = 'unknown' then
              insert into public.unknown_spans values (new.id, clock_timestamp());
            else
              update public.unknown_spans set until = clock_timestamp() where message_id = new.id and until is null;
            end if;
            return null;
          end $$;
        create trigger note_span after update on messages
          for each row when ((new.status = 'unknown') <> (old.status = 'unknown')) execute function note_span();
        """;

    public static Task InstallAsync(TestDatabase database) => database.ExecuteAsync(CreateTrigger);

    /// <returns>The number of unknown outcomes, and the longest duration in seconds.</returns>
    public static Task<(int Count, double Longest)> ReadAsync(TestDatabase database) => database.OneAsync<(int, double)>(
        "select count(*)::int, coalesce(max(extract(epoch from coalesce(until, clock_timestamp()) - since)), 0)::float8 " +
        "from unknown_spans");
}
