-- What users asked for and what exists. Progress is Temporal's. Ids are made by the engine (UUID version 7).
-- Every row belongs to a project; every read is scoped by it.

create table token (
  hash        text primary key,            -- SHA-256 of the token; the token itself is nowhere in here
  project_id  text not null,
  user_id     text not null,
  role        text not null check (role in ('admin', 'member', 'reader')),
  roles       text[] not null default '{}',  -- further ones, which programs name: operator
  created_at  timestamptz not null default now()
);

-- A plugin's bundle by content: what one API server accepted is there for every worker.
create table plugin (
  hash        text primary key,            -- SHA-256 over manifest and bundle
  name        text not null,
  version     text not null,
  manifest    jsonb not null,
  bundle      text not null,
  created_at  timestamptz not null default now()
);

create table plan (
  project_id  text not null,
  hash        text not null,
  document    jsonb not null,
  created_at  timestamptz not null default now(),
  primary key (project_id, hash)
);

-- Versions of a program; the newest applied one is current.
create table program (
  project_id  text not null,
  name        text not null,
  version     integer not null,            -- from 1
  plan_hash   text not null,
  applied_by  text not null,
  path        text not null,               -- as the author gave it
  text        text not null,
  imports     jsonb not null default '[]',  -- [{path, text}]: the imported files as they were
  parameters  jsonb not null default '{}',
  restores    integer,                     -- the version that a rollback brought back with this one
  created_at  timestamptz not null default now(),
  primary key (project_id, name, version),
  foreign key (project_id, plan_hash) references plan (project_id, hash)
);

create table profile (
  id          uuid primary key,
  project_id  text not null,
  name        text not null,
  type        text not null,               -- docker.container
  plugin_hash text not null references plugin (hash),
  grants      jsonb not null,              -- what the plugin may do for this profile's nodes
  settings    jsonb not null,
  properties  jsonb not null,              -- a secret in it is {"$secret": name}, never a value
  secrets     jsonb not null default '{}', -- where the values of the plan's secrets are, by name: {source, key}
  created_at  timestamptz not null default now()
);
create index profile_by_name on profile (project_id, name, created_at desc);

create table cluster (
  id               uuid primary key,
  project_id       text not null,
  name             text not null,
  program          text,                   -- the program that defines it
  plan_hash        text not null,
  profile_id       uuid not null references profile (id),
  min_size         integer not null check (min_size >= 0),
  max_size         integer not null check (max_size >= -1),  -- -1: no bound (Senlin's)
  desired_capacity integer not null check (desired_capacity >= 0),
  next_index       integer not null default 1,
  status           text not null,
  status_reason    text not null default '',
  metadata         jsonb not null default '{}',   -- labels
  policies         jsonb not null default '[]',   -- bindings: [{policy, arguments, enforce}]
  created_at       timestamptz not null default now(),
  updated_at       timestamptz,
  foreign key (project_id, plan_hash) references plan (project_id, hash)
);
create unique index cluster_by_name on cluster (project_id, name);

create table node (
  id            uuid primary key,
  project_id    text not null,
  cluster_id    uuid not null references cluster (id),
  name          text not null,
  index         integer not null,
  profile_id    uuid not null references profile (id),
  physical_id   text,
  create_key    text,                      -- the idempotency key that made, or was to make, its resource
  changes       jsonb not null default '{}',  -- properties in which it differs from its profile
  placed        jsonb not null default '{}',  -- those that a policy chose for it: it keeps them for life
  status        text not null,
  status_reason text not null default '',
  healthy       boolean not null default false,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz
);
create unique index node_by_index on node (cluster_id, index);
create index node_by_project on node (project_id, id);
create index node_by_profile on node (profile_id);

-- One requested operation, from READY to its end.
create table action (
  id            uuid primary key,
  seq           bigint generated always as identity unique,  -- order of acceptance
  project_id    text not null,
  name          text not null,             -- roll, CLUSTER_RESIZE: the workflow's type
  plan_hash     text not null,
  program       text not null,             -- whose plan that is
  cluster_id    uuid,                      -- the first cluster it works on; stays when that is gone
  target_name   text not null default '',  -- its name, for people
  cause         text not null,
  requested_by  text not null,
  request_key   text,                      -- a client's idempotency key
  status        text not null check (status in ('READY', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  status_reason text not null default '',
  control       text check (control in ('CANCEL')),
  depth         integer not null default 0, -- how many listeners stand between it and what people or clocks began
  override      jsonb,                     -- {reason, by, roles}: passes over a policy's "deny unless"
  inputs        jsonb not null default '{}',
  outputs       jsonb,
  failure       jsonb,                     -- {code, message, help?, at?}
  decisions     jsonb not null default '[]',
  progress      jsonb not null default '{}',  -- {step, line, done, failed, total}: of the step that runs
  run_id        text,                      -- of the Temporal run, once the server confirmed its start
  created_at    timestamptz not null default now(),
  start_time    timestamptz,
  end_time      timestamptz,
  foreign key (project_id, plan_hash) references plan (project_id, hash)
);
create index action_by_project on action (project_id, created_at desc);
create index action_by_cluster on action (cluster_id, created_at desc);
create index action_by_seq on action (project_id, seq desc);
create index action_unfinished on action (seq) where status in ('READY', 'RUNNING');
create unique index action_by_request_key on action (project_id, request_key) where request_key is not null;

-- First in, first out: an action may start when it is first in the mailbox of each of its clusters and nobody holds one.
create table mailbox (
  cluster_id  uuid not null,
  action_seq  bigint not null references action (seq) on delete cascade,
  action_id   uuid not null,
  held        boolean not null default false,  -- the holder is the workflow with the action's id
  profile_id  uuid,                        -- of nodes that the holder adds: the cluster's when it began, or what it set
  primary key (cluster_id, action_seq)
);
create unique index mailbox_holder on mailbox (cluster_id) where held;
create index mailbox_by_action on mailbox (action_id);

-- Requests that Temporal has not confirmed yet: start a workflow, cancel or signal one. Written with the action's row.
-- A start that waits for its clusters has not_before 'infinity'; whoever releases the mailbox sets it to now().
create table outbox (
  id          bigint generated always as identity primary key,
  action_id   uuid not null references action (id) on delete cascade,
  kind        text not null check (kind in ('start', 'cancel', 'signal')),
  signal      text,                        -- its name, of kind signal
  payload     jsonb,
  attempts    integer not null default 0,
  not_before  timestamptz not null default now(),
  last_error  text,
  created_at  timestamptz not null default now()
);
create index outbox_due on outbox (not_before, id);
create index outbox_by_action on outbox (action_id);

-- Every external effect, written before the call. The key is also the driver's idempotency key.
create table intent (
  action_id   uuid not null references action (id) on delete cascade,
  call_id     text not null,               -- step and loop position
  node_id     uuid not null,
  operation   text not null,
  state       text not null check (state in ('open', 'done', 'failed')),
  attempts    integer not null default 0,
  outcome     jsonb,
  created_at  timestamptz not null default now(),
  primary key (action_id, call_id, node_id)
);
create index intent_open on intent (created_at) where state = 'open';
create index intent_by_node on intent (node_id, created_at desc);

-- `lock`: who holds and who waits, first in, first out by `seq`; a request has all its names or none of them.
create table lock_request (
  project_id  text not null,
  seq         bigint generated always as identity,
  action_id   uuid not null references action (id) on delete cascade,
  call_id     text not null,
  names       text[] not null,
  held        boolean not null default false,
  created_at  timestamptz not null default now(),
  primary key (action_id, call_id)
);
create index lock_request_queue on lock_request (project_id, seq);

-- `approve`: questions of runs to people.
create table approval (
  id          bigint generated always as identity primary key,
  project_id  text not null,
  action_id   uuid not null references action (id) on delete cascade,
  call_id     text not null,
  message     text not null,
  role        text,                        -- who may answer; null: whoever may write
  place       text not null,               -- storefront.coppice:44
  state       text not null check (state in ('open', 'granted', 'refused', 'absent')),
  deadline    timestamptz not null,
  answered_by text,
  reason      text,
  opened_at   timestamptz not null default now(),
  answered_at timestamptz,
  unique (action_id, call_id)
);
create index approval_by_project on approval (project_id, id desc);

-- What a local activity has done, so that its repeat finds the result; deleted when the action ends.
create table done_step (
  action_id   uuid not null references action (id) on delete cascade,
  call_id     text not null,
  result      jsonb not null,
  primary key (action_id, call_id)
);

create table event (
  id          bigint generated always as identity primary key,
  project_id  text not null,
  action_id   uuid,
  key         text,                        -- makes a repeat harmless
  cluster_id  uuid,
  node_id     uuid,
  level       text not null check (level in ('DEBUG', 'INFO', 'WARN', 'ERROR')),
  name        text not null,               -- action.start, action.end, rolled
  message     text not null default '',
  fields      jsonb not null default '{}',
  created_at  timestamptz not null default now()
);
create unique index event_by_key on event (action_id, key) where key is not null;
create index event_by_project on event (project_id, id);
create index event_by_action on event (action_id, id);
create index event_by_cluster on event (cluster_id, id);

-- What starts actions by itself: `every`, `at` and `on` of the programs that are current.
create table trigger (
  id          uuid primary key,
  project_id  text not null,
  program     text not null,
  name        text not null,               -- every_fri_18_00: the action that it starts
  plan_hash   text not null,
  spec        jsonb not null,              -- as the plan says it
  source      text,                        -- of a listener: a plugin's name, or coppice
  event       text,
  plugin_hash text,
  applied_by  text not null,
  paused      boolean not null default false,
  gone        boolean not null default false,  -- the program has dropped it, Temporal has not yet
  ended       boolean not null default false,  -- it was to start once, and did
  wanted      bigint not null default 1,   -- counts changes that Temporal must hear of
  known       bigint not null default 0,   -- the last one that it has; a listener's never matters
  not_before  timestamptz not null default now(),
  attempts    integer not null default 0,
  last_action uuid,
  last_time   timestamptz,
  last_note   text,                        -- why it started nothing the last time; null when it did
  created_at  timestamptz not null default now(),
  unique (project_id, program, name),
  foreign key (project_id, plan_hash) references plan (project_id, hash)
);
create index trigger_unknown on trigger (not_before) where source is null and wanted <> known;
create index trigger_by_event on trigger (project_id, source, event) where source is not null and not gone;

-- Events that somebody listens to, until they were given to the listeners; those with a key stay for a day.
create table source_event (
  id          bigint generated always as identity primary key,
  project_id  text not null,
  source      text not null,
  event       text not null,
  fields      jsonb not null,
  depth       integer not null default 0,  -- how many listeners stand between it and what people or clocks began
  key         text,                        -- makes a repeat harmless
  handled_at  timestamptz,
  not_before  timestamptz not null default now(),
  attempts    integer not null default 0,
  created_at  timestamptz not null default now()
);
create unique index source_event_by_key on source_event (project_id, source, key) where key is not null;
create index source_event_due on source_event (not_before, id) where handled_at is null;
create index source_event_handled on source_event (handled_at) where handled_at is not null;

-- A plugin's own records (host.state), private to plugin name and project.
create table plugin_state (
  project_id  text not null,
  plugin      text not null,
  key         text not null,
  value       jsonb not null,
  updated_at  timestamptz not null default now(),
  primary key (project_id, plugin, key)
);

-- Every call that a plugin made through the broker.
create table audit (
  id          bigint generated always as identity primary key,
  project_id  text not null,
  plugin      text not null,
  plugin_hash text not null,
  action_id   uuid,
  call_id     text,
  capability  text not null,
  target      text not null,
  outcome     text not null,               -- ok, refused, failed
  bytes_in    integer not null default 0,
  bytes_out   integer not null default 0,
  duration_ms real not null default 0,
  created_at  timestamptz not null default now()
);
create index audit_by_plugin on audit (project_id, plugin, id desc);
create index audit_by_project on audit (project_id, id desc);
create index audit_by_action on audit (project_id, action_id, id desc);
create index audit_of_refused on audit (project_id, id desc) where outcome = 'refused';
