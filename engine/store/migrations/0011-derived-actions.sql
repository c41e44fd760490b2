-- Senlin's clients see the work on each node as an action of its own; `engine/store/derived-actions.ts` reads it from the intents.
alter table intent add column id uuid generated always as (md5(action_id::text || call_id || node_id::text)::uuid) stored;
alter table intent add column settled_at timestamptz;
create index intent_by_id on intent (id);
