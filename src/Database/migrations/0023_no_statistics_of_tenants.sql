-- A tenant that is newer than the statistics of a table looks like one row to the planner, so it reads all rows of that tenant by an index
-- that begins with the tenant instead of using the whole key. Without statistics of the column, the planner assumes that every tenant has
-- one of 200 equal shares, and an index with the whole key looks better.
do $$ declare t regclass; begin
  for t in
    select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'tenant_id'
  loop
    execute format('alter table %s alter column tenant_id set statistics 0', t);
  end loop;
end $$;
