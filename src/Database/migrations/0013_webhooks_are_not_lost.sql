-- An inbound message to an address that no sender has yet is unrouted: it waits for the sender.
alter table webhook_events drop constraint webhook_events_state_check,
  add constraint webhook_events_state_check check (state in ('pending', 'done', 'early', 'ignored', 'unrouted'));
create index webhook_events_unrouted on webhook_events (tenant_id, (payload ->> 'To')) where state = 'unrouted';

-- The token before the present one, sealed as that one is: it still signs webhooks while the two change over. previous_until is null until the
-- present one has signed something.
alter table provider_accounts add column previous_secret bytea;
alter table provider_accounts add column previous_secret_key_id text;
alter table provider_accounts add column replaced_at timestamptz;
alter table provider_accounts add column previous_until timestamptz;
alter table provider_accounts add constraint provider_accounts_previous_secret_check
  check ((previous_secret is null) = (previous_secret_key_id is null) and (previous_secret is null) = (replaced_at is null) and (previous_until is null or previous_secret is not null));
create index provider_accounts_change_over on provider_accounts (previous_until) where previous_until is not null;
grant update (previous_secret, previous_secret_key_id, replaced_at, previous_until) on provider_accounts to relais_app, relais_system;
