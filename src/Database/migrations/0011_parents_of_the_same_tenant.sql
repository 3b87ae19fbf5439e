-- Foreign keys are checked past row-level security: only with the tenant in the key is a parent of another tenant refused.
-- Existing rows are checked as the owner, whom forced policies would show none.
do $$ declare t regclass; begin
  for t in select oid from pg_class where relnamespace = 'public'::regnamespace and relforcerowsecurity loop execute format('alter table %s no force row level security', t); end loop;
end $$;

alter table provider_accounts add unique (tenant_id, id);
alter table senders add unique (tenant_id, id);
alter table contacts add unique (tenant_id, id);
alter table contact_imports add unique (tenant_id, id);
alter table campaigns add unique (tenant_id, id);
alter table members add unique (tenant_id, id);
drop index contacts_tenant_id_id_idx, contact_imports_tenant_id_id_idx, campaigns_tenant_id_id_idx, senders_tenant_id_idx, provider_accounts_tenant_id_idx;

alter table senders drop constraint senders_account_id_fkey,
  add foreign key (tenant_id, account_id) references provider_accounts (tenant_id, id);
alter table sender_leases drop constraint sender_leases_sender_id_fkey,
  add foreign key (tenant_id, sender_id) references senders (tenant_id, id) on delete cascade;
alter table whatsapp_senders drop constraint whatsapp_senders_sender_id_fkey,
  add foreign key (tenant_id, sender_id) references senders (tenant_id, id);
alter table phone_numbers drop constraint phone_numbers_sender_id_fkey, drop constraint phone_numbers_account_id_fkey,
  add foreign key (tenant_id, sender_id) references senders (tenant_id, id),
  add foreign key (tenant_id, account_id) references provider_accounts (tenant_id, id) on delete set null (account_id);
alter table number_orders drop constraint number_orders_account_id_fkey,
  add foreign key (tenant_id, account_id) references provider_accounts (tenant_id, id) on delete set null (account_id);
alter table contact_identities drop constraint contact_identities_contact_id_fkey,
  add foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade;
alter table contact_import_rows drop constraint contact_import_rows_import_id_fkey,
  add foreign key (tenant_id, import_id) references contact_imports (tenant_id, id) on delete cascade;
alter table campaigns drop constraint campaigns_sender_id_fkey,
  add foreign key (tenant_id, sender_id) references senders (tenant_id, id);
alter table campaign_recipients drop constraint campaign_recipients_campaign_id_fkey,
  add foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id);
alter table campaign_counters drop constraint campaign_counters_campaign_id_fkey,
  add foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id);
alter table invitations drop constraint invitations_accepted_by_fkey,
  add foreign key (tenant_id, accepted_by) references members (tenant_id, id) on delete set null (accepted_by);

-- A message waits in a stream of its own sender or campaign: what a sender's pump takes is its tenant's. The sender names the tenant already.
alter table messages drop constraint messages_sender_id_fkey, drop constraint messages_tenant_id_fkey,
  add foreign key (tenant_id, sender_id) references senders (tenant_id, id),
  add foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id),
  add constraint messages_stream_is_its_own check (stream_id = sender_id or (campaign_id is not null and stream_id = campaign_id));

do $$ declare t regclass; begin
  for t in select oid from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity loop execute format('alter table %s force row level security', t); end loop;
end $$;

-- Nothing that somebody could make stands in the way of what this function calls, whatever the cluster was upgraded from.
revoke create on schema public from public;
create or replace function move_consents_to_proofs(addresses text[], hashes text[], moved_at timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
    delete from public.consents c
    using unnest(addresses, hashes) as k (address, hash)
    where c.tenant_id = public.current_tenant() and c.address = k.address
    returning c.id, c.tenant_id, c.channel, k.hash, c.kind, c.source, c.at
  )
  insert into public.consent_proofs (id, tenant_id, channel, address_hash, kind, source, at, erased_at)
  select id, tenant_id, channel, hash, kind, source, at, moved_at from gone;
  get diagnostics moved = row_count;
  return moved;
end $$;
