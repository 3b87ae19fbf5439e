-- How long a message with its text and number is kept; webhook events always outlive their deduplication week.
alter table tenants add column retention_days integer not null default 365 check (retention_days between 8 and 3650);
grant update (retention_days) on tenants to relais_app;

-- In the place of an erased person's address stands 'erased'; or 'erased:key:hash' where the person must be recognised again:
-- in suppressions, in the proofs of consent, and in a message until the provider has said its last word.
create function is_erased(address text) returns boolean
language sql immutable parallel safe
return address like 'erased%';

-- What is left of a provider's words about an erased person: what happened, not to whom.
create function redacted(payload jsonb) returns jsonb
language sql immutable parallel safe
return (
  select coalesce(jsonb_object_agg(key, value), '{}')
  from jsonb_each(case jsonb_typeof(payload) when 'object' then payload else '{}' end)
  where key in ('AccountSid', 'ApiVersion', 'ErrorCode', 'MessageSid', 'MessageStatus', 'NumMedia', 'NumSegments', 'SmsSid', 'SmsStatus')
);

-- The ledger of erased persons: the same facts, the address as a keyed hash, the words received gone.
create table consent_proofs (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  channel text not null,
  address_hash text not null check (address_hash like 'erased:%'),
  kind text not null,
  source text not null,
  at timestamptz not null,
  erased_at timestamptz not null
);
create index on consent_proofs (tenant_id, address_hash, at);
call protect_tenant_table('consent_proofs');
grant select on consent_proofs to relais_app, relais_system;

-- The ledger stays append only for everybody: what leaves it enters the proofs in the same statement.
create policy erasure_reads on consents for select to relais_owner using (tenant_id = current_tenant());
create policy erasure_deletes on consents for delete to relais_owner using (tenant_id = current_tenant());
create policy erasure_writes on consent_proofs for insert to relais_owner with check (tenant_id = current_tenant());

create function move_consents_to_proofs(addresses text[], hashes text[], moved_at timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  moved integer;
begin
  -- one of its own for each address, in full: what enters the proofs is never an address
  if cardinality(addresses) <> cardinality(hashes)
    or exists (select from unnest(hashes) as h (hash) where hash is null or hash !~ '^erased:[0-9a-f]{8}:[A-Za-z0-9_-]{43}$')
    or cardinality(addresses) <> (select count(distinct address) from unnest(addresses) as a (address))
    or cardinality(hashes) <> (select count(distinct hash) from unnest(hashes) as h (hash))
  then
    raise exception 'each address needs a hash of its own' using errcode = 'check_violation';
  end if;
  with gone as (
    delete from consents c
    using unnest(addresses, hashes) as k (address, hash)
    where c.tenant_id = current_tenant() and c.address = k.address
    returning c.id, c.tenant_id, c.channel, k.hash, c.kind, c.source, c.at
  )
  insert into consent_proofs (id, tenant_id, channel, address_hash, kind, source, at, erased_at)
  select id, tenant_id, channel, hash, kind, source, at, moved_at from gone;
  get diagnostics moved = row_count;
  return moved;
end $$;
revoke all on function move_consents_to_proofs(text[], text[], timestamptz) from public;
grant execute on function move_consents_to_proofs(text[], text[], timestamptz) to relais_app;

create index suppressions_erased on suppressions (tenant_id, address) where address like 'erased:%';

-- The SID of the attempt before, when a message goes again: its callbacks are found by it.
alter table message_events add column former_sid text;

-- Who an event is about, as the provider writes it, where no message leads to it: status reports are found by their SID.
alter table webhook_events add column party text;
alter table webhook_events no force row level security;
update webhook_events set party = left(payload ->> case kind when 'status' then 'To' else 'From' end, 100) where kind <> 'status' or state = 'early';
alter table webhook_events force row level security;
create index webhook_events_party on webhook_events (tenant_id, party) where party is not null;
grant update (payload, state, party) on webhook_events to relais_app;

grant update (contact_id, faults) on contact_import_rows to relais_app;
create index contact_import_rows_contact on contact_import_rows (tenant_id, contact_id) where contact_id is not null;
grant select, delete on recipient_pace to relais_app;

-- Retention deletes as relais_system. Whatever one statement says, nothing young and nothing open goes, and nothing can be made old.
create function refuse_new_origin() returns trigger
language plpgsql as $$
begin
  raise exception 'when it came and whose it is stays as it is' using errcode = 'insufficient_privilege';
end $$;
create trigger origin_stays before update of tenant_id, created_at on messages for each row
  when (current_user in ('relais_app', 'relais_system') and (old.tenant_id, old.created_at) is distinct from (new.tenant_id, new.created_at))
  execute function refuse_new_origin();
create trigger origin_stays before update of tenant_id, received_at on webhook_events for each row
  when (current_user in ('relais_app', 'relais_system') and (old.tenant_id, old.received_at) is distinct from (new.tenant_id, new.received_at))
  execute function refuse_new_origin();

create policy retention on messages as restrictive for delete to relais_system
  using (created_at < now() - interval '8 days' and status not in ('pending', 'retry', 'claimed', 'unknown'));
create policy retention on webhook_events as restrictive for delete to relais_system using (received_at < now() - interval '8 days');
create policy retention on contact_imports as restrictive for delete to relais_system using (created_at < now() - interval '8 days');
-- what hangs on a row goes with it or after it; the statement that deletes both still sees both
create policy retention on message_events as restrictive for delete to relais_system
  using (not exists (
    select from messages m
    where m.id = message_id and (m.created_at >= now() - interval '8 days' or m.status in ('pending', 'retry', 'claimed', 'unknown'))));
create policy retention on contact_import_rows as restrictive for delete to relais_system
  using (not exists (select from contact_imports i where i.id = import_id and i.created_at >= now() - interval '8 days'));
create policy retention on invitations as restrictive for delete to relais_system using (expires_at < now());
create policy retention on audit as restrictive for delete to relais_system using (at < now() - interval '3 years');
grant delete on messages, message_events, webhook_events, invitations, audit to relais_system;
grant select, delete on contact_imports, contact_import_rows to relais_system;
grant select (id, tenant_id, at) on audit to relais_system;

alter table campaigns add column recipients_erased_at timestamptz;
grant update (recipients_erased_at) on campaigns to relais_system;
create index campaigns_ended on campaigns (tenant_id, finished_at) where finished_at is not null and recipients_erased_at is null;

create index messages_ended on messages (tenant_id, ended_at) where ended_at is not null;
create index webhook_events_received on webhook_events (tenant_id, received_at);
