-- What stands in where nobody else provides a profile type, how receivers are called, and who is alive.

alter table plugin add column stand_in boolean not null default false;  -- offered for what no other plugin provides

-- A trigger of a receiver, kept as long as a repeat of it is to be recognised.
create table receiver_call (
  receiver_id uuid not null references receiver (id) on delete cascade,
  key         text not null,                 -- the caller's Idempotency-Key, or a digest of what it sent
  action_id   uuid,                          -- what came of it; null while it is being accepted
  created_at  timestamptz not null default now(),
  primary key (receiver_id, key)
);
create index receiver_call_by_time on receiver_call (created_at);

create index service_by_host on service (host, "binary", id);
