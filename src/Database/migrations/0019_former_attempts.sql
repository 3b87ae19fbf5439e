-- A report about an attempt that was put back may name it by its SID only.
create index message_events_former_sid on message_events (former_sid) where former_sid is not null;
