-- Nodes that are to go and wait until someone completes their lifecycle.
create table lifecycle (
  token         uuid primary key,
  project_id    text not null,
  action_id     uuid not null references action (id) on delete cascade,
  call_id       text not null,
  cluster_id    uuid,
  node_id       uuid not null,
  physical_id   text,
  hook          jsonb not null,              -- as the policy has it: {type, params, timeout}
  created_at    timestamptz not null default now(),
  expires_at    timestamptz not null,
  completed_at  timestamptz,
  unique (action_id, call_id)
);
create index lifecycle_open on lifecycle (project_id, cluster_id) where completed_at is null;

-- When the health of a cluster is looked at next: one row for each enabled policy that looks.
create table health_check (
  binding_id    uuid primary key references binding (id) on delete cascade,
  due_at        timestamptz not null default now(),
  looked_at     timestamptz,
  fault         text                         -- why the last look told nothing
);
create index health_check_due on health_check (due_at);

-- What was last seen of a node by a look that found it ill, to count how often.
create table health_fault (
  node_id       uuid not null references node (id) on delete cascade,
  mode          text not null,
  count         integer not null default 1,
  reason        text not null,
  seen_at       timestamptz not null default now(),
  primary key (node_id, mode)
);
