-- An audience that is an import is read in pages of contacts.
create index contact_import_rows_import_contact on contact_import_rows (import_id, contact_id) where contact_id is not null;
