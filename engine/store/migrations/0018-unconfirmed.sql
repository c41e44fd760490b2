-- What an update asked of a node's machine and nobody heard the end of: it may have these properties, or still the old ones.
alter table node add column unconfirmed jsonb not null default '{}';
