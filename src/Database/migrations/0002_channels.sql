create table provider_accounts (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  provider text not null check (provider in ('twilio', 'meta')),
  account_sid text not null,
  secret bytea not null,
  secret_key_id text not null,
  created_at timestamptz not null default now(),
  unique (provider, account_sid)
);
create index on provider_accounts (tenant_id);
call protect_tenant_table('provider_accounts');
create policy owner_setup on provider_accounts to relais_owner using (true) with check (true);
grant select on provider_accounts to relais_app, relais_system;

create table senders (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  account_id uuid not null references provider_accounts,
  channel text not null check (channel in ('sms', 'whatsapp')),
  address text not null check (address ~ '^\+[1-9][0-9]{6,14}$'),
  name text not null default '',
  is_sandbox boolean not null default false,
  sandbox_join_code text,
  -- at most pace_units (messages, or segments on SMS) in any sliding window of pace_window_ms; null: what the channel takes
  pace_units integer check (pace_units > 0),
  pace_window_ms integer check (pace_window_ms between 100 and 86400000),
  recipient_per_minute integer check (recipient_per_minute > 0),
  recipient_spacing_ms integer check (recipient_spacing_ms >= 0),
  parked_until timestamptz,
  parked_reason text,
  created_at timestamptz not null default now(),
  unique (account_id, channel, address)
);
create index on senders (tenant_id);
create index on senders (channel, address);
call protect_tenant_table('senders');
create policy owner_setup on senders to relais_owner using (true) with check (true);
grant select on senders to relais_app, relais_system;
grant update (parked_until, parked_reason) on senders to relais_system;

-- One pump per sender: the epoch fences a stalled holder out, recent_sends carries the pace across holders.
create table sender_leases (
  sender_id uuid primary key references senders on delete cascade,
  tenant_id uuid not null references tenants,
  epoch bigint not null default 0,
  lease_until timestamptz,
  recent_sends timestamptz[] not null default '{}',
  recent_units integer[] not null default '{}'
);
call protect_tenant_table('sender_leases');
grant select, insert, update on sender_leases to relais_system;
