-- One key for every spelling of a phone number; Platform/AddressKey.cs gives the same answers. Not strict on purpose: the planner inlines it only then.
create function address_key(address text) returns text
language sql immutable parallel safe
return case left(address, 3)
  when '+52' then regexp_replace(address, '^\+521([2-9][0-9]{9})$', '+52\1')
  when '+54' then regexp_replace(
    regexp_replace(address, '^\+549?(?:(11)15([0-9]{8})|([23][0-9]{2})15([0-9]{7})|([23][0-9]{3})15([0-9]{6}))$', '+54\1\2\3\4\5\6'),
    '^\+549((?:11|[23][0-9])[0-9]{8})$', '+54\1')
  when '+55' then regexp_replace(address, '^\+55([1-9]{2})([6-9][0-9]{7})$', '+55\19\2')
  when '+22' then case left(address, 4)
    when '+229' then regexp_replace(address, '^\+229([2-79][0-9]{7})$', '+22901\1')
    when '+225' then regexp_replace(regexp_replace(regexp_replace(address,
      '^\+225([04-9][7-9][0-9]{6})$', '+22507\1'),
      '^\+225([04-9][4-6][0-9]{6})$', '+22505\1'),
      '^\+225((?:0[1-3]|[4-7][0-3]|[89][1-3])[0-9]{6})$', '+22501\1')
    else address
  end
  else address
end;

-- Every spelling with the key of this address. For tables that keep addresses as they were received: their indexes find all spellings.
create function address_spellings(address text) returns text[]
language sql immutable parallel safe
return case when left(address, 3) not in ('+52', '+54', '+55') and left(address, 4) not in ('+225', '+229') then array[address] else (
  select array_agg(distinct c.spelling)
  from (select address_key(address) as key) k
  cross join lateral unnest(array[
    k.key,
    '+521' || substr(k.key, 4),
    left(k.key, 5) || substr(k.key, 7),
    left(k.key, 4) || substr(k.key, 7),
    '+549' || substr(k.key, 4),
    left(k.key, 5) || '15' || substr(k.key, 6), '+549' || substr(k.key, 4, 2) || '15' || substr(k.key, 6),
    left(k.key, 6) || '15' || substr(k.key, 7), '+549' || substr(k.key, 4, 3) || '15' || substr(k.key, 7),
    left(k.key, 7) || '15' || substr(k.key, 8), '+549' || substr(k.key, 4, 4) || '15' || substr(k.key, 8)]) as c (spelling)
  where address_key(c.spelling) = k.key
) end;

-- Existing rows are converted as the owner, whom forced policies would show none.
do $$ declare t regclass; begin
  for t in select oid from pg_class where relnamespace = 'public'::regnamespace and relforcerowsecurity loop execute format('alter table %s no force row level security', t); end loop;
end $$;

lock table contact_identities, suppressions, recipient_pace in access exclusive mode;

-- Contacts that are linked by a key, however long the chain, become the oldest of them.
create temporary table merged_contacts on commit drop as
with spelled as (
  select tenant_id, address_key(value) as key from contact_identities where kind = 'phone' group by 1, 2 having count(distinct contact_id) > 1
)
select distinct i.tenant_id, s.key, i.contact_id, i.contact_id as into_id
from spelled s
join contact_identities i on i.tenant_id = s.tenant_id and i.kind = 'phone' and address_key(i.value) = s.key;
analyze merged_contacts;

do $$
declare
  changed integer := 1;
begin
  while changed > 0 loop
    with of_key as (
      select tenant_id, key, (array_agg(into_id order by into_id))[1] as into_id from merged_contacts group by tenant_id, key
    ),
    of_contact as (
      select c.contact_id, (array_agg(k.into_id order by k.into_id))[1] as into_id
      from merged_contacts c
      join of_key k on k.tenant_id = c.tenant_id and k.key = c.key
      group by c.contact_id
    )
    update merged_contacts m set into_id = c.into_id from of_contact c where m.contact_id = c.contact_id and m.into_id <> c.into_id;
    get diagnostics changed = row_count;
  end loop;
end $$;

-- A campaign keeps one recipient of those that become one: the one whose message has left, or the oldest. The others name nobody any more,
-- and what of them has not left is cancelled.
create temporary table merged_recipients on commit drop as
select r.campaign_id, r.contact_id, m.into_id, r.tenant_id, r.message_id,
  row_number() over (
    partition by r.campaign_id, m.into_id
    order by coalesce(s.status not in ('pending', 'retry', 'skipped', 'canceled', 'expired'), false) desc, s.id is not null desc, r.contact_id) as place,
  min(r.replied_at) over (partition by r.campaign_id, m.into_id) as replied_at,
  min(r.opted_out_at) over (partition by r.campaign_id, m.into_id) as opted_out_at,
  max(r.followup_message_id::text) over (partition by r.campaign_id, m.into_id) as followup_message_id
from (select distinct tenant_id, contact_id, into_id from merged_contacts) m
join campaign_recipients r on r.tenant_id = m.tenant_id and r.contact_id = m.contact_id
left join messages s on s.id = r.message_id;
analyze merged_recipients;

with cancelled as (
  update messages m set status = 'canceled', ended_at = now(), error_code = 'duplicate'
  from merged_recipients r
  where r.place > 1 and m.id = r.message_id and m.status in ('pending', 'retry')
  returning m.id, m.tenant_id, m.campaign_id, m.attempt
),
events as (
  insert into message_events (message_id, tenant_id, status, attempt, at, error_code)
  select id, tenant_id, 'canceled', attempt, now(), 'duplicate' from cancelled
)
insert into campaign_counters (campaign_id, name, shard, tenant_id, value)
select c.campaign_id, n.name, 0, c.tenant_id, sum(n.delta)
from cancelled c
cross join (values ('queued', -1), ('canceled', 1)) as n (name, delta)
group by c.campaign_id, n.name, c.tenant_id
on conflict (campaign_id, name, shard) do update set value = campaign_counters.value + excluded.value;

update campaign_recipients r set contact_id = gen_random_uuid(), address = 'erased', variables = '{}'
from merged_recipients m
where m.place > 1 and r.campaign_id = m.campaign_id and r.contact_id = m.contact_id;

update campaign_recipients r
set contact_id = m.into_id, replied_at = m.replied_at, opted_out_at = m.opted_out_at, followup_message_id = coalesce(r.followup_message_id, m.followup_message_id::uuid)
from merged_recipients m
where m.place = 1 and r.campaign_id = m.campaign_id and r.contact_id = m.contact_id;

do $$
begin
  if not exists (select from merged_contacts) then
    return;
  end if;

  update messages m set contact_id = c.into_id from merged_contacts c where m.tenant_id = c.tenant_id and m.contact_id = c.contact_id and c.contact_id <> c.into_id;
  update contact_import_rows r set contact_id = c.into_id from merged_contacts c where r.tenant_id = c.tenant_id and r.contact_id = c.contact_id and c.contact_id <> c.into_id;
  update contact_identities i set contact_id = c.into_id from merged_contacts c where i.tenant_id = c.tenant_id and i.contact_id = c.contact_id and c.contact_id <> c.into_id;

  with of_one as (
    select distinct contact_id, into_id from merged_contacts
  ),
  named as (
    select m.into_id, (array_agg(c.first_name order by c.id) filter (where c.first_name <> ''))[1] as first_name,
      (array_agg(c.last_name order by c.id) filter (where c.last_name <> ''))[1] as last_name,
      (array_agg(c.language order by c.id) filter (where c.language is not null))[1] as language
    from of_one m
    join contacts c on c.id = m.contact_id
    group by m.into_id
  ),
  described as (
    -- the last value of a name stays: the oldest contact's
    select m.into_id, jsonb_object_agg(f.key, f.value order by c.id desc) as fields
    from of_one m
    join contacts c on c.id = m.contact_id
    cross join lateral jsonb_each(c.fields) f
    group by m.into_id
  ),
  tagged as (
    select m.into_id, array_agg(distinct t.tag order by t.tag) as tags
    from of_one m
    join contacts c on c.id = m.contact_id
    cross join lateral unnest(c.tags) as t (tag)
    group by m.into_id
  )
  update contacts c
  set first_name = coalesce(n.first_name, ''), last_name = coalesce(n.last_name, ''), language = n.language, fields = coalesce(d.fields, '{}'),
    tags = coalesce(t.tags, '{}'), updated_at = now()
  from named n
  left join described d on d.into_id = n.into_id
  left join tagged t on t.into_id = n.into_id
  where c.id = n.into_id;

  delete from contacts c using merged_contacts m where c.tenant_id = m.tenant_id and c.id = m.contact_id and m.contact_id <> m.into_id;

  -- ids of the audit trail are in the order of time
  insert into audit (id, tenant_id, at, actor_kind, actor_id, action, subject_kind, subject_id, after)
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing substr(int8send((extract(epoch from now()) * 1000)::bigint), 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid,
    m.tenant_id, now(), 'system', 'merge-contacts', 'contact.merge', 'contact', m.into_id::text, jsonb_build_object('merged', m.contact_id)
  from (select distinct tenant_id, contact_id, into_id from merged_contacts) m
  where m.contact_id <> m.into_id;
end $$;

-- The older spelling stays, as the one that is sent to.
delete from contact_identities i
using contact_identities o
where o.tenant_id = i.tenant_id and o.kind = i.kind and address_key(o.value) = address_key(i.value) and (o.created_at, o.value) < (i.created_at, i.value);

alter table contact_identities add column key text generated always as (address_key(value)) stored;
alter table contact_identities add unique (tenant_id, kind, key);

-- In suppressions stands the key. An opt-out under any spelling holds, unless an opt-in under any spelling came after it.
with spelled as (
  delete from suppressions where cardinality(address_spellings(address)) > 1 returning tenant_id, channel, address, since, source
)
insert into suppressions (tenant_id, channel, address, since, source)
select tenant_id, channel, address_key(address), max(since), (array_agg(source order by since desc))[1]
from spelled
group by 1, 2, 3;

delete from suppressions s
where cardinality(address_spellings(s.address)) > 1
  and exists (
    select from consents c
    where c.tenant_id = s.tenant_id and c.address = any(address_spellings(s.address)) and c.channel = s.channel and c.kind = 'opt_in' and c.at > s.since);

-- On WhatsApp a refusal by one address of a contact holds for all of them, now that the contact has more.
with own as (
  select distinct i.tenant_id, i.contact_id, i.key
  from merged_contacts m
  join contact_identities i on i.tenant_id = m.tenant_id and i.contact_id = m.into_id
),
said as (
  select distinct on (o.tenant_id, o.contact_id) o.tenant_id, o.contact_id, s.since, s.source
  from own o
  join suppressions s on s.tenant_id = o.tenant_id and s.channel = 'whatsapp' and s.address = o.key
  order by o.tenant_id, o.contact_id, s.since desc
)
insert into suppressions (tenant_id, channel, address, since, source)
select o.tenant_id, 'whatsapp', o.key, s.since, s.source
from said s
join own o on o.tenant_id = s.tenant_id and o.contact_id = s.contact_id
where not exists (
  select from own a
  join consents c on c.tenant_id = a.tenant_id and c.address = any(address_spellings(a.key)) and c.channel = 'whatsapp' and c.kind = 'opt_in' and c.at > s.since
  where a.tenant_id = s.tenant_id and a.contact_id = s.contact_id)
on conflict (tenant_id, channel, address) do nothing;

-- An instance of the version before, or a statement that forgets the key, still writes the right row.
create function suppress_by_key() returns trigger
language plpgsql as $$
begin
  new.address := address_key(new.address);
  return new;
end $$;
create trigger suppressed_by_key before insert or update of address on suppressions for each row
  when (new.address <> address_key(new.address)) execute function suppress_by_key();

-- In recipient_pace stands the key as well.
with spelled as (
  delete from recipient_pace where cardinality(address_spellings(address)) > 1 returning tenant_id, channel, address, in_flight_until, recent
)
insert into recipient_pace (tenant_id, channel, address, in_flight_until, recent)
select p.tenant_id, p.channel, address_key(p.address), max(p.in_flight_until), coalesce(array_agg(r.sent_at order by r.sent_at) filter (where r.sent_at is not null), '{}')
from spelled p
left join lateral unnest(p.recent) as r (sent_at) on true
group by 1, 2, 3;

-- The addresses of one person share a hash; those of two persons never do.
create or replace function move_consents_to_proofs(addresses text[], hashes text[], moved_at timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moved integer;
begin
  -- what enters the proofs is never an address
  if cardinality(addresses) <> cardinality(hashes)
    or exists (select from unnest(hashes) as h (hash) where hash is null or hash !~ '^erased:[0-9a-f]{8}:[A-Za-z0-9_-]{43}$')
    or cardinality(addresses) <> (select count(distinct address) from unnest(addresses) as a (address))
    or (select (count(distinct key) <> count(distinct hash)) or (count(distinct key) <> count(distinct (key, hash)))
        from unnest(addresses, hashes) as k (address, hash) cross join lateral (select public.address_key(k.address) as key) a)
  then
    raise exception 'each number needs a hash of its own' using errcode = 'check_violation';
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

do $$ declare t regclass; begin
  for t in select oid from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity loop execute format('alter table %s force row level security', t); end loop;
end $$;
