-- An event whose effect failed is stored without it and tried again after a growing delay; failed too often, it waits for an operator.
-- last_error names the failure, or the reason why an event has no effect.
alter table webhook_events drop constraint webhook_events_state_check,
  add constraint webhook_events_state_check check (state in ('pending', 'done', 'early', 'ignored', 'unrouted', 'failed'));
alter table webhook_events add column next_attempt_at timestamptz not null default now();
drop index webhook_events_pending;
create index webhook_events_due on webhook_events (next_attempt_at) where state = 'pending';
create index webhook_events_failed on webhook_events (tenant_id, id) where state = 'failed';
grant update (attempts, next_attempt_at, last_error) on webhook_events to relais_app;

-- Our message and its attempt, as the callback URL of a status report names them.
alter table webhook_events add column message_id uuid;
alter table webhook_events add column message_attempt integer;

-- A STOP or START has been recorded, whatever becomes of the rest of its message. Older versions record both at once.
alter table webhook_events add column consent_recorded boolean not null default false;

-- Reports without a message are compared and expired by age.
create index webhook_events_early_received on webhook_events (received_at) where state = 'early';

-- A place that was shared: coordinates, address, label, and coordinates that are none as they were written.
alter table messages add column location jsonb;
create index messages_inbound on messages (tenant_id, id) where direction = 'in';

-- Messages also come to short codes.
alter table senders drop constraint senders_address_check,
  add constraint senders_address_check check (address ~ '^(\+[1-9][0-9]{6,14}|[1-9][0-9]{2,7})$');
