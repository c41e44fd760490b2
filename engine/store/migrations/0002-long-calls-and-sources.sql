-- What a driver accepted and is asked about until it is done: {operation, token, after, deadline}.
alter table intent add column accepted jsonb;

-- Event sources of plugins, each asked by one worker at a time, for a program that listens to one of its events.
create table event_source (
  project_id  text not null,
  program     text not null,
  alias       text not null,               -- the plugin's name in the program
  source      text not null,               -- its name in the plugin's manifest
  plan_hash   text not null,
  every_ms    integer not null,
  cursor      jsonb,                       -- what the source said; null before its first answer
  due_at      timestamptz not null default now(),
  failures    integer not null default 0,  -- one after the other
  primary key (project_id, program, alias, source)
);
create index event_source_due on event_source (due_at);
