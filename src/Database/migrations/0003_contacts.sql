create table contacts (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  first_name text not null default '',
  last_name text not null default '',
  language text,
  fields jsonb not null default '{}',
  tags text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on contacts (tenant_id, id);
create index on contacts using gin (tags);
call protect_tenant_table('contacts');
grant select, insert, update, delete on contacts to relais_app;
grant select, insert, update on contacts to relais_system;

create table contact_identities (
  tenant_id uuid not null references tenants,
  kind text not null check (kind in ('phone', 'whatsapp_user')),
  value text not null,
  contact_id uuid not null references contacts on delete cascade,
  created_at timestamptz not null default now(),
  primary key (tenant_id, kind, value)
);
create index on contact_identities (contact_id);
call protect_tenant_table('contact_identities');
grant select, insert, update, delete on contact_identities to relais_app;
grant select, insert, update on contact_identities to relais_system;

create table contact_imports (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  file_name text not null default '',
  tag text,
  row_count integer not null,
  created_count integer not null,
  updated_count integer not null,
  rejected_count integer not null,
  duplicate_count integer not null,
  created_at timestamptz not null default now()
);
create index on contact_imports (tenant_id, id);
call protect_tenant_table('contact_imports');
grant select, insert on contact_imports to relais_app;

-- One row per rejected or merged row of the file; the value at fault is kept masked.
create table contact_import_rows (
  tenant_id uuid not null references tenants,
  import_id uuid not null references contact_imports on delete cascade,
  line integer not null,
  outcome text not null check (outcome in ('created', 'updated', 'duplicate', 'rejected')),
  contact_id uuid,
  faults text[] not null default '{}',
  primary key (import_id, line)
);
create index on contact_import_rows (tenant_id);
call protect_tenant_table('contact_import_rows');
grant select, insert on contact_import_rows to relais_app;

-- Ledger: append only. suppressions is what it currently says, for the claim to read.
create table consents (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  contact_id uuid,
  channel text not null,
  address text not null,
  kind text not null check (kind in ('opt_out', 'opt_in', 'confirmed')),
  source text not null,
  received_text text,
  message_id uuid,
  at timestamptz not null
);
create index on consents (tenant_id, address, at);
call protect_tenant_table('consents');
grant select, insert on consents to relais_app, relais_system;

create table suppressions (
  tenant_id uuid not null references tenants,
  channel text not null,
  address text not null,
  since timestamptz not null,
  source text not null,
  primary key (tenant_id, channel, address)
);
call protect_tenant_table('suppressions');
grant select, insert, update, delete on suppressions to relais_app, relais_system;
