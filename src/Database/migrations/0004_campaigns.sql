-- Whether campaigns may send at this moment: local hours from (inclusive) to (exclusive), over midnight when from > to.
create function within_hours(hours_from time, hours_to time, time_zone text, at timestamptz) returns boolean
language sql stable parallel safe
return case
  when hours_from is null or hours_to is null then true
  when hours_from <= hours_to then (at at time zone time_zone)::time >= hours_from and (at at time zone time_zone)::time < hours_to
  else (at at time zone time_zone)::time >= hours_from or (at at time zone time_zone)::time < hours_to
end;

create table campaigns (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  sender_id uuid not null references senders,
  name text not null,
  status text not null default 'draft'
    check (status in ('draft', 'starting', 'running', 'paused', 'cancelling', 'cancelled', 'finished')),
  status_reason text,
  audience jsonb not null,
  message1 jsonb not null,
  message2 jsonb,
  reply_window_hours integer not null default 24 check (reply_window_hours between 1 and 168),
  scheduled_at timestamptz,
  -- local sending hours in time_zone; null: any hour
  hours_from time,
  hours_to time,
  time_zone text not null default 'UTC',
  expires_at timestamptz,
  statistics jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  frozen_at timestamptz,
  finished_at timestamptz
);
create index on campaigns (tenant_id, id);
create index on campaigns (sender_id) where status in ('starting', 'running', 'paused', 'cancelling');
call protect_tenant_table('campaigns');
grant select, insert, update on campaigns to relais_app;
grant select on campaigns to relais_system;
grant update (status, status_reason, statistics, started_at, frozen_at, finished_at) on campaigns to relais_system;

-- Recipients and their parameters as they were at the start.
create table campaign_recipients (
  campaign_id uuid not null references campaigns,
  contact_id uuid not null,
  tenant_id uuid not null,
  address text not null,
  variables jsonb not null default '{}',
  message_id uuid,
  skipped_reason text,
  replied_at timestamptz,
  opted_out_at timestamptz,
  followup_message_id uuid,
  primary key (campaign_id, contact_id)
);
create index on campaign_recipients (tenant_id, contact_id, campaign_id);
create unique index on campaign_recipients (message_id) where message_id is not null;
call protect_tenant_table('campaign_recipients');
grant select, insert, update on campaign_recipients to relais_app, relais_system;

-- Sharded so that no row is hot: the value of a counter is the sum over its shards.
create table campaign_counters (
  campaign_id uuid not null references campaigns,
  name text not null,
  shard smallint not null,
  tenant_id uuid not null,
  value bigint not null,
  primary key (campaign_id, name, shard)
) with (fillfactor = 50);
create index on campaign_counters (tenant_id);
call protect_tenant_table('campaign_counters');
grant select, insert, update on campaign_counters to relais_app, relais_system;
