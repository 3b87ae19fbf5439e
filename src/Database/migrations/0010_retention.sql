-- How long a message with its text and number is kept; webhook events always outlive their deduplication week.
alter table tenants add column retention_days integer not null default 365 check (retention_days between 8 and 3650);
grant update (retention_days) on tenants to relais_app;
