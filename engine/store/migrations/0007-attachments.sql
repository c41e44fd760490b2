-- Policy types of plugins that are attached to a cluster, and what each keeps of it.
create table attachment (
  id          bigint generated always as identity primary key,
  cluster_id  uuid not null references cluster (id) on delete cascade,
  policy      text not null,               -- as the program lists it: fake.balance
  arguments   jsonb not null,
  use         jsonb not null,              -- the plugin that was asked last, for when no plan names it any more
  secrets     jsonb not null default '{}', -- where those are that the arguments name
  data        jsonb,                       -- what it keeps of the cluster
  nodes       jsonb not null default '{}', -- and of each node, by id
  created_at  timestamptz not null default now(),
  updated_at  timestamptz
);
create unique index attachment_by_binding on attachment (cluster_id, policy, md5(arguments::text));

-- Locks that runs hold in plugins' coordination backends, until they are given back; workers renew them.
create table shared_lock (
  action_id   uuid not null,               -- stays when the action is gone: what is held must be given back
  call_id     text not null,
  name        text not null,
  project_id  text not null,
  backend     text not null,               -- of the plugin's coordination backends
  use         jsonb not null,              -- the plugin as the plan says
  secrets     jsonb not null default '{}', -- those that its settings name
  releasing   boolean not null default false,
  failures    integer not null default 0,  -- one after the other
  due_at      timestamptz not null,        -- when it is to be renewed or given back
  primary key (action_id, call_id, name)
);
create index shared_lock_due on shared_lock (due_at);
