-- List prices with their date; the true cost is what the provider bills. Country '*': where nothing else is known.
create table prices (
  item text not null,
  country text not null check (country ~ '^([A-Z]{2}|\*)$'),
  valid_from date not null,
  currency text not null default 'USD',
  amount numeric(12, 6) not null check (amount >= 0),
  source text not null default '',
  primary key (item, country, valid_from)
);
grant select on prices to relais_app, relais_system;

-- per segment (sms), per message (mms, whatsapp; without the carrier's and Meta's own fees), per month (number)
insert into prices (item, country, valid_from, amount, source) values
  ('sms-out', 'US', '2022-01-01', 0.0079, 'older public lists'),
  ('sms-out', 'CA', '2022-01-01', 0.0079, 'older public lists'),
  ('sms-out', 'US', '2025-01-01', 0.0083, 'public lists of 2025 and 2026'),
  ('sms-out', 'CA', '2025-01-01', 0.0083, 'public lists of 2025 and 2026'),
  ('sms-in', 'US', '2022-01-01', 0.0079, 'older public lists'),
  ('sms-in', 'CA', '2022-01-01', 0.0079, 'older public lists'),
  ('sms-in', 'US', '2025-01-01', 0.0083, 'public lists of 2025 and 2026'),
  ('sms-in', 'CA', '2025-01-01', 0.0083, 'public lists of 2025 and 2026'),
  ('mms-out', 'US', '2022-01-01', 0.0200, 'older public lists'),
  ('mms-out', 'CA', '2022-01-01', 0.0200, 'older public lists'),
  ('mms-out', 'US', '2025-01-01', 0.0220, 'public lists of 2025 and 2026'),
  ('mms-out', 'CA', '2025-01-01', 0.0220, 'public lists of 2025 and 2026'),
  ('mms-in', 'US', '2022-01-01', 0.0100, 'older public lists'),
  ('mms-in', 'CA', '2022-01-01', 0.0100, 'older public lists'),
  ('mms-in', 'US', '2025-01-01', 0.0165, 'public lists of 2025 and 2026'),
  ('mms-in', 'CA', '2025-01-01', 0.0165, 'public lists of 2025 and 2026'),
  ('whatsapp-out', '*', '2022-01-01', 0.0050, 'Twilio''s fee per message, 2022 to 2026'),
  ('whatsapp-in', '*', '2022-01-01', 0.0050, 'Twilio''s fee per message, 2022 to 2026'),
  ('number-local', 'US', '2025-01-01', 1.15, 'public lists of 2025 and 2026'),
  ('number-local', 'CA', '2025-01-01', 1.15, 'public lists of 2025 and 2026'),
  ('number-toll-free', 'US', '2025-01-01', 2.15, 'public lists of 2025 and 2026'),
  ('number-toll-free', 'CA', '2025-01-01', 2.15, 'public lists of 2025 and 2026');

create index messages_used on messages (tenant_id, sent_at) where sent_at is not null;

-- Days (GMT, as the provider bills) that are over: counted when they end, and once more when late reports are in.
create table usage_days (
  tenant_id uuid not null,
  day date not null,
  -- sms, mms or whatsapp
  channel text not null,
  direction text not null check (direction in ('in', 'out')),
  country text not null,
  messages bigint not null,
  segments bigint not null,
  primary key (tenant_id, day, channel, direction, country)
);
call protect_tenant_table('usage_days');
grant select, insert, update, delete on usage_days to relais_app;

alter table tenants add column usage_counted_to date;
alter table tenants add column usage_final_to date;
grant update (usage_counted_to, usage_final_to) on tenants to relais_app;

-- What the provider says it will bill for a month.
create table usage_actuals (
  tenant_id uuid not null,
  month date not null,
  category text not null,
  count numeric,
  usage numeric,
  price numeric(14, 6) not null,
  currency text not null,
  as_of timestamptz not null,
  primary key (tenant_id, month, category)
);
call protect_tenant_table('usage_actuals');
grant select, insert, update, delete on usage_actuals to relais_app;

alter table provider_accounts add column balance numeric(14, 4);
alter table provider_accounts add column balance_currency text;
alter table provider_accounts add column balance_at timestamptz;
grant update (balance, balance_currency, balance_at) on provider_accounts to relais_app;

-- A level of the budget is told once in a month.
create table budget_alerts (
  tenant_id uuid not null references tenants,
  month date not null,
  level integer not null,
  spent numeric(14, 6) not null,
  budget numeric(12, 2) not null,
  currency text not null,
  at timestamptz not null,
  primary key (tenant_id, month, level)
);
call protect_tenant_table('budget_alerts');
grant select, insert, delete on budget_alerts to relais_app;
