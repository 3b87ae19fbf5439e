-- Why what an order bought could not be given back yet: the provider's own code.
alter table number_orders add column undo_code text;

-- A purchase whose outcome came home after its order had ended: looked into at look_at, and given back. Beside the status, because another order
-- for the number may be open by then.
alter table number_orders add column late_sid text;
alter table number_orders add column look_at timestamptz;
create index number_orders_to_look_at on number_orders (look_at) where look_at is not null;

alter table phone_numbers add column status_callback text;
