-- A tenant that changes its account keeps the bill of the one before: each account's records replace only its own. Instances of the version before
-- write '', which the next count of the month removes.
alter table usage_actuals add column account_sid text not null default '';
alter table usage_actuals no force row level security;
update usage_actuals u set account_sid = a.account_sid from provider_accounts a where a.tenant_id = u.tenant_id and a.provider = 'twilio';
alter table usage_actuals force row level security;
alter table usage_actuals drop constraint usage_actuals_pkey, add primary key (tenant_id, month, account_sid, category);

-- A budget is judged from the month on in which it was set; null: since nobody knows when.
alter table tenants add column monthly_budget_at timestamptz;
grant update (monthly_budget_at) on tenants to relais_app;

-- Where a sender's messages go is kept as people may read it, beside whether that is here: what others write into a URL may be secret.
alter table whatsapp_senders add column webhook_ours boolean;
alter table whatsapp_senders no force row level security;
update whatsapp_senders set webhook = '{}';
alter table whatsapp_senders force row level security;

-- Who turns out to be one human becomes one contact.
grant delete on contacts to relais_system;
grant update (contact_id) on contact_import_rows to relais_system;
