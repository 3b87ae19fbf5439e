-- Columns, states and functions get the names that the field uses. Data stays as it is.
alter table webhook_events rename column party to contact_address;
alter index webhook_events_party rename to webhook_events_contact_address;

-- A status report whose message is not stored yet is unmatched.
alter table webhook_events drop constraint webhook_events_state_check;
alter table webhook_events no force row level security;
update webhook_events set state = 'unmatched' where state = 'early';
alter table webhook_events force row level security;
alter table webhook_events
  add constraint webhook_events_state_check check (state in ('pending', 'done', 'unmatched', 'ignored', 'unrouted', 'failed'));
drop index webhook_events_early;
drop index webhook_events_early_received;
create index webhook_events_unmatched on webhook_events (sid) where state = 'unmatched';
create index webhook_events_unmatched_received on webhook_events (received_at) where state = 'unmatched';

alter table provider_accounts rename column replaced_at to token_replaced_at;
alter table provider_accounts rename column previous_until to previous_token_expires_at;
alter index provider_accounts_change_over rename to provider_accounts_previous_token_expiry;

alter table messages rename column asked_at to polled_at;
-- The attempt that the provider does not have, as far as it could be asked.
alter table messages rename column presumed_lost to lost_attempt;

-- A purchase that ended after its order: the number to release, and when to list the account's numbers again.
alter table number_orders rename column late_sid to orphan_sid;
alter table number_orders rename column look_at to recheck_at;
alter index number_orders_to_look_at rename to number_orders_recheck_at;
alter table number_orders rename column undo_code to undo_error_code;
alter table number_orders rename column buying_since to first_purchase_started_at;
alter table number_orders rename column called_at to purchase_started_at;
alter table number_orders rename column request_token to idempotency_key;

alter table whatsapp_senders rename column webhook_ours to webhook_points_here;
alter table usage_actuals rename to usage_billing;

alter function redacted(jsonb) rename to redact_payload;
alter function refuse_new_origin() rename to forbid_new_origin;
create or replace function forbid_new_origin() returns trigger
language plpgsql as $$
begin
  raise exception 'the tenant and the time of arrival of a row cannot be changed' using errcode = 'insufficient_privilege';
end $$;
