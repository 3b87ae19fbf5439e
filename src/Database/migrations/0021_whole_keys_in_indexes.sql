-- Row-level security adds the tenant to every condition. An index that has all columns of a condition looks best to a planner even without
-- statistics; without the tenant it looks no better than any index that begins with the tenant.
create index contact_identities_contact on contact_identities (contact_id, tenant_id, kind);
drop index contact_identities_contact_id_idx;

create index contact_import_rows_audience on contact_import_rows (tenant_id, import_id, contact_id) where contact_id is not null;
drop index contact_import_rows_import_contact;
