-- Who signs in: issuer and subject of an access token. A person may belong to several tenants.
create table members (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  issuer text not null,
  subject text not null,
  name text not null default '',
  email text,
  role text not null check (role in ('owner', 'operator', 'viewer')),
  created_at timestamptz not null default now(),
  unique (tenant_id, issuer, subject)
);
create index on members (issuer, subject);
call protect_tenant_table('members');
create policy owner_setup on members to relais_owner using (true) with check (true);
grant select, delete on members to relais_app;
grant update (role) on members to relais_app;
grant select, insert on members to relais_system;

-- Whoever holds the code becomes a member, once.
create table invitations (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  role text not null check (role in ('owner', 'operator', 'viewer')),
  name text not null default '',
  code_hash bytea not null unique,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid references members on delete set null,
  revoked_at timestamptz
);
create index on invitations (tenant_id, id);
call protect_tenant_table('invitations');
grant select, insert on invitations to relais_app;
grant update (revoked_at) on invitations to relais_app;
grant select on invitations to relais_system;
grant update (accepted_at, accepted_by) on invitations to relais_system;

alter table api_keys add column created_by text not null default '';
alter table api_keys add column expires_at timestamptz;
grant insert on api_keys to relais_app;
grant update (revoked_at) on api_keys to relais_app;

-- A sign-up that is repeated with the same key finds its tenant; both are digests.
alter table tenants add column sign_up_key bytea unique;
alter table tenants add column sign_up_body bytea;
grant insert on tenants to relais_system;
grant update (name, country, locale, time_zone) on tenants to relais_app;

-- Every change by a person or a key: who, what, before, after. Append only. Ids of people, never their numbers.
create table audit (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('person', 'key', 'system')),
  actor_id text not null,
  actor_name text not null default '',
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  before jsonb,
  after jsonb
);
create index on audit (tenant_id, id);
create index on audit (tenant_id, subject_kind, subject_id, id);
call protect_tenant_table('audit');
grant select, insert on audit to relais_app;
grant insert on audit to relais_system;
