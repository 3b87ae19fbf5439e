-- What an erasure still has to look for: events that a transaction stored which had not ended when the erasure was committed.
create table erasure_rechecks (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  -- provider ids of the erased messages, which their events carry
  sids text[] not null,
  -- the transactions that may have stored such an event; null until they were looked for
  transactions text[],
  created_at timestamptz not null
);
create index on erasure_rechecks (tenant_id);
create index on erasure_rechecks (created_at);
call protect_tenant_table('erasure_rechecks');
grant insert on erasure_rechecks to relais_app;
grant select, delete on erasure_rechecks to relais_system;
grant update (transactions) on erasure_rechecks to relais_system;
