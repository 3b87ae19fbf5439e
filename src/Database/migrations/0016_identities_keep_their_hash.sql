-- The hash that stands for the address of an erased person: when a provider reports a refusal under it, the contact that has the address again is
-- found by an index. Null where the app had no key; the app fills it when it starts with one.
alter table contact_identities add column address_hash text collate "C";
create index contact_identities_hash on contact_identities (tenant_id, address_hash);
