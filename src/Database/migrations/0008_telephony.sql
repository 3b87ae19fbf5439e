-- The account as it was last seen at the provider.
alter table provider_accounts add column application_sid text;
alter table provider_accounts add column friendly_name text not null default '';
alter table provider_accounts add column is_trial boolean not null default false;
alter table provider_accounts add column state text not null default 'active' check (state in ('active', 'rejected', 'suspended', 'closed'));
alter table provider_accounts add column checked_at timestamptz;
alter table provider_accounts add column updated_at timestamptz not null default now();
create unique index provider_accounts_one_of_a_kind on provider_accounts (tenant_id, provider);
grant insert, delete on provider_accounts to relais_app;
grant update (account_sid, secret, secret_key_id, application_sid, friendly_name, is_trial, state, checked_at, updated_at) on provider_accounts to relais_app;
grant update (secret, secret_key_id, state, checked_at, updated_at) on provider_accounts to relais_system;

-- an account may go when nothing of it is in use; its retired senders stay
alter table senders alter column account_id drop not null;

alter table tenants add column repair_webhooks boolean not null default true;
alter table tenants add column monthly_budget numeric(12, 2) check (monthly_budget > 0);
grant update (repair_webhooks, monthly_budget) on tenants to relais_app;

-- A retired sender keeps its history and sends no more.
alter table senders add column retired_at timestamptz;
grant insert on senders to relais_app;
grant update (account_id, name, retired_at) on senders to relais_app;
grant update (retired_at) on senders to relais_system;

-- The numbers of a tenant's account: bought here, or found in the account.
create table phone_numbers (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  account_id uuid references provider_accounts on delete set null,
  number text not null check (number ~ '^\+[1-9][0-9]{6,14}$'),
  provider_sid text not null,
  friendly_name text not null default '',
  country text,
  number_type text,
  capabilities text[] not null default '{}',
  source text not null check (source in ('purchase', 'account')),
  state text not null default 'active' check (state in ('active', 'releasing', 'released')),
  -- its webhooks are ours to set and to repair
  managed boolean not null default false,
  sender_id uuid references senders,
  -- what the provider held when last looked at; secrets in URLs are left out
  sms_url text,
  sms_fallback_url text,
  sms_application_sid text,
  drifted boolean not null default false,
  checked_at timestamptz,
  created_at timestamptz not null,
  released_at timestamptz
);
create index on phone_numbers (tenant_id, id);
-- one number serves one tenant
create unique index phone_numbers_one_tenant on phone_numbers (number) where state <> 'released';
create unique index phone_numbers_provider_sid on phone_numbers (provider_sid) where state <> 'released';
call protect_tenant_table('phone_numbers');
grant select, insert, update, delete on phone_numbers to relais_app;
grant select on phone_numbers to relais_system;

create table number_orders (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  account_id uuid references provider_accounts on delete set null,
  request_token text not null,
  number text not null check (number ~ '^\+[1-9][0-9]{6,14}$'),
  country text not null,
  number_type text not null,
  address_sid text,
  bundle_sid text,
  status text not null default 'reserved' check (status in ('reserved', 'buying', 'bought', 'connected', 'done', 'undoing', 'failed')),
  failure_code text,
  failure_detail text,
  provider_sid text,
  friendly_name text,
  number_id uuid,
  sender_id uuid,
  ordered_by jsonb not null,
  -- purchases begun; the first at buying_since, the last at called_at
  attempts integer not null default 0,
  buying_since timestamptz,
  called_at timestamptz,
  -- calls in a row that came to nothing in this status, and when the next one may be made
  failures integer not null default 0,
  retry_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  unique (tenant_id, request_token)
);
create index on number_orders (tenant_id, id);
create unique index number_orders_one_buyer on number_orders (number) where status in ('reserved', 'buying', 'bought', 'connected', 'undoing');
create index number_orders_open on number_orders (created_at) where status in ('reserved', 'buying', 'bought', 'connected', 'undoing');
call protect_tenant_table('number_orders');
grant select, insert, update, delete on number_orders to relais_app;
grant select on number_orders to relais_system;

-- The shape that the admin pages were built on. The token is write-only: nothing that reads gets it.
create view clinic_settings with (security_invoker = true) as
select t.id,
  (select m.subject from members m where m.tenant_id = t.id and m.role = 'owner' order by m.created_at, m.id limit 1) as owner_id,
  a.account_sid as twilio_account_sid,
  null::text as twilio_auth_token,
  (select p.number from phone_numbers p where p.tenant_id = t.id and p.state = 'active' and p.sender_id is not null order by p.created_at, p.id limit 1) as twilio_phone_number,
  a.application_sid as twilio_app_sid
from tenants t
left join provider_accounts a on a.tenant_id = t.id and a.provider = 'twilio';
grant select on clinic_settings to relais_app;

-- WhatsApp senders as they were last seen at the provider.
create table whatsapp_senders (
  sender_id uuid primary key references senders,
  tenant_id uuid not null references tenants,
  provider_sid text not null,
  status text not null,
  quality text,
  messaging_limit text,
  profile jsonb not null default '{}',
  webhook jsonb not null default '{}',
  offline_reasons jsonb not null default '[]',
  checked_at timestamptz not null
);
create index on whatsapp_senders (tenant_id);
call protect_tenant_table('whatsapp_senders');
grant select, insert, update, delete on whatsapp_senders to relais_app;
