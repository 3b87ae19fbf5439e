-- The boundary between tenants is row-level security: the app role sees only the tenant set in its transaction.
create function current_tenant() returns uuid
language sql stable parallel safe
return nullif(current_setting('app.tenant_id', true), '')::uuid;

-- Same policy text on every tenant table; the system role (workers across tenants) is named, never bypassing.
create procedure protect_tenant_table(tenant_table regclass)
language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format('create policy tenant_isolation on %s to relais_app using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())', tenant_table);
  execute format('create policy system_work on %s to relais_system using (true) with check (true)', tenant_table);
end $$;

grant usage on schema public to relais_app, relais_system;

create table tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
  name text not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  locale text not null default 'fr',
  time_zone text not null default 'UTC',
  daily_limit integer not null default 1000 check (daily_limit >= 0),
  created_at timestamptz not null default now()
);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenant_isolation on tenants to relais_app using (id = current_tenant()) with check (id = current_tenant());
create policy system_work on tenants to relais_system using (true) with check (true);
create policy owner_setup on tenants to relais_owner using (true) with check (true);
grant select on tenants to relais_app, relais_system;

create table api_keys (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  name text not null,
  hash bytea not null unique,
  scopes text[] not null default '{}',
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create index on api_keys (tenant_id);
call protect_tenant_table('api_keys');
create policy owner_setup on api_keys to relais_owner using (true) with check (true);
grant select on api_keys to relais_app, relais_system;
