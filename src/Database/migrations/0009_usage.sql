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

create index messages_used on messages (tenant_id, sent_at) where sent_at is not null;

-- Days that are over, counted once.
create table usage_days (
  tenant_id uuid not null,
  day date not null,
  channel text not null,
  direction text not null check (direction in ('in', 'out')),
  country text not null,
  messages bigint not null,
  segments bigint not null,
  primary key (tenant_id, day, channel, direction, country)
);
call protect_tenant_table('usage_days');
grant select, insert, update, delete on usage_days to relais_app;

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
