create table webhook_events (
  id uuid primary key,
  tenant_id uuid not null,
  provider text not null,
  kind text not null,
  sid text not null,
  status text not null,
  payload jsonb not null,
  state text not null check (state in ('pending', 'done', 'early', 'ignored')),
  attempts integer not null default 0,
  last_error text,
  received_at timestamptz not null,
  unique (tenant_id, provider, sid, kind, status)
);
create index webhook_events_early on webhook_events (sid) where state = 'early';
create index webhook_events_pending on webhook_events (received_at) where state = 'pending';
call protect_tenant_table('webhook_events');
grant select, insert, update on webhook_events to relais_system;
grant select on webhook_events to relais_app;
