using Dapper;
using Npgsql;
using Relais.Kit;

namespace EndToEnd.Tests.Numbers;

/// <summary>
/// Blocks transactions just before their commit: a trigger waits for an advisory lock that the test holds, so a process killed there has
/// done everything except the commit. A barrier names the status of an order (or stored, or inserted) or the state of a number.
/// </summary>
internal sealed class RequestBarriers : IAsyncDisposable
{
    private const int Space = 8811;
    private readonly NpgsqlConnection keys;
    private readonly SemaphoreSlim oneAtATime = new(1);
    private readonly RelaisSystem system;
    private int last;

    private RequestBarriers(RelaisSystem system, NpgsqlConnection keys) => (this.system, this.keys) = (system, keys);

    public static async Task<RequestBarriers> CreateAsync(RelaisSystem system)
    {
        await system.Database.ExecuteAsync($"""
            create table test_gates (tenant_id uuid, at text, key integer);
            create function test_gate() returns trigger language plpgsql security definer set search_path = public as $$
            declare
              gate integer;
              before jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
              after jsonb := to_jsonb(new);
              reached text := case
                when tg_table_name = 'phone_numbers' then 'number ' || (after ->> 'state')
                when tg_op = 'INSERT' then 'inserted'
                when before ->> 'number_id' is null and after ->> 'number_id' is not null then 'stored'
                when before ->> 'status' <> after ->> 'status' then after ->> 'status'
              end;
            begin
              select key into gate from test_gates where tenant_id = new.tenant_id and at = reached;
              if gate is not null then
                perform pg_advisory_xact_lock_shared({Space}, gate);
              end if;
              return null;
            end $$;
            create trigger test_gate after insert or update on number_orders for each row execute function test_gate();
            create trigger test_gate after update on phone_numbers for each row execute function test_gate();
            """);
        var keys = new NpgsqlConnection(system.Database.Superuser);
        await keys.OpenAsync();
        return new RequestBarriers(system, keys);
    }

    /// <summary>Creates a barrier that blocks from now on.</summary>
    public async Task<RequestBarrier> CloseAsync(TestTenant tenant, string at)
    {
        var barrier = new RequestBarrier(this, Interlocked.Increment(ref last));
        await KeyAsync("select pg_advisory_lock(@Space, @Key)", barrier.Key);
        await system.Database.ExecuteAsync(
            "insert into test_gates (tenant_id, at, key) values (@TenantId, @at, @Key)", new { tenant.TenantId, at, barrier.Key });
        return barrier;
    }

    public async ValueTask DisposeAsync()
    {
        await keys.DisposeAsync();
        oneAtATime.Dispose();
    }

    private async Task KeyAsync(string sql, int key)
    {
        await oneAtATime.WaitAsync();
        try
        {
            await keys.ExecuteAsync(sql, new { Space, Key = key });
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    internal sealed record RequestBarrier(RequestBarriers Gates, int Key)
    {
        /// <summary>Waits until a transaction is blocked at this barrier.</summary>
        public Task ReachedAsync() => Wait.UntilAsync(
            async () => await Gates.system.Database.OneAsync<int>(
                "select count(*)::int from pg_locks where locktype = 'advisory' and classid = @Space and objid = @Key and not granted",
                new { Space, Key }) > 0,
            what: $"gate {Key} is reached");

        /// <summary>Opens the barrier permanently.</summary>
        public async Task OpenAsync()
        {
            await Gates.system.Database.ExecuteAsync("delete from test_gates where key = @Key", new { Key });
            await Gates.KeyAsync("select pg_advisory_unlock(@Space, @Key)", Key);
        }
    }
}
