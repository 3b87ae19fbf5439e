-- Not strict on purpose: the planner inlines these two only then.
-- waiting with us: pending, claimed, unknown, retry · the provider's ladder · ends
create function status_rank(status text) returns smallint
language sql immutable parallel safe
return case status
  when 'pending' then 0 when 'retry' then 0 when 'claimed' then 1 when 'unknown' then 2
  when 'accepted' then 10 when 'scheduled' then 11 when 'queued' then 12 when 'sending' then 13
  when 'sent' then 14 when 'delivered' then 15 when 'read' then 16
  when 'failed' then 90 when 'undelivered' then 90 when 'canceled' then 90
  when 'expired' then 90 when 'skipped' then 90 when 'received' then 90
end;

-- The ladder: upwards only, an end is left by nothing, and what was delivered does not fail any more.
create function status_may_move(from_status text, to_status text) returns boolean
language sql immutable parallel safe
return status_rank(from_status) < 90
  and status_rank(to_status) > status_rank(from_status)
  and (status_rank(to_status) < 90 or status_rank(from_status) < 15);

create table messages (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  sender_id uuid not null references senders,
  -- what orders the backlog: the campaign, or the sender itself for replies and single messages
  stream_id uuid not null,
  direction text not null default 'out' check (direction in ('in', 'out')),
  lane smallint not null default 1,
  marketing boolean not null default true,
  channel text not null,
  contact_id uuid,
  contact_address text not null,
  campaign_id uuid,
  step smallint not null default 0,
  body text,
  content_sid text,
  content_variables jsonb,
  media jsonb,
  units integer not null default 1,
  status text not null default 'pending' check (status_rank(status) is not null),
  due_at timestamptz not null,
  expires_at timestamptz,
  wait_reason text,
  attempt integer not null default 0,
  presumed_lost integer,
  failures integer not null default 0,
  claim_epoch bigint,
  claimed_at timestamptz,
  asked_at timestamptz,
  provider_sid text,
  error_code text,
  created_at timestamptz not null,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  ended_at timestamptz
) with (fillfactor = 80);
create index messages_backlog on messages (stream_id, lane, due_at, id) where status = 'pending';
create index messages_in_hand on messages (sender_id, claimed_at) where status in ('claimed', 'unknown');
create index messages_without_outcome on messages (claimed_at)
  where direction = 'out' and status in ('accepted', 'scheduled', 'queued', 'sending', 'sent');
create index messages_retry on messages (due_at) where status = 'retry';
create index messages_open on messages (campaign_id, status) where status in ('pending', 'retry', 'claimed', 'unknown', 'accepted', 'scheduled', 'queued', 'sending', 'sent');
create unique index messages_provider_sid on messages (provider_sid) where provider_sid is not null;
create index messages_conversation on messages (tenant_id, sender_id, contact_address, id);
call protect_tenant_table('messages');
grant select, insert, update on messages to relais_app, relais_system;

-- High-volume tables name the tenant without a foreign key: its check would lock the tenant's row for every insert.
create table message_events (
  message_id uuid not null,
  tenant_id uuid not null,
  status text not null,
  attempt integer not null,
  at timestamptz not null,
  error_code text
);
create index on message_events (message_id);
call protect_tenant_table('message_events');
grant select, insert on message_events to relais_app, relais_system;

-- What one recipient may still get: a message in flight counts until its latest possible arrival.
create table recipient_pace (
  tenant_id uuid not null,
  channel text not null,
  address text not null,
  in_flight_until timestamptz,
  recent timestamptz[] not null default '{}',
  primary key (tenant_id, channel, address)
) with (fillfactor = 70);
call protect_tenant_table('recipient_pace');
grant select, insert, update, delete on recipient_pace to relais_system;

-- Attempts per tenant in five-minute buckets: the sliding day is their sum, rounded to the safe side.
create table tenant_pace (
  tenant_id uuid primary key references tenants
);
call protect_tenant_table('tenant_pace');
grant select, insert, update on tenant_pace to relais_system;

create table tenant_pace_buckets (
  tenant_id uuid not null,
  bucket_at timestamptz not null,
  attempts integer not null,
  primary key (tenant_id, bucket_at)
) with (fillfactor = 50);
call protect_tenant_table('tenant_pace_buckets');
grant select, insert, update, delete on tenant_pace_buckets to relais_system;
