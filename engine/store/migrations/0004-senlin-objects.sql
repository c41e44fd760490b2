-- What Senlin's API knows of and programs did not need: owners, orphan nodes, policies as objects of their own, bindings,
-- receivers, services. Names need not be unique, except those of what one program declares.

alter table profile add column user_id text not null default '';
alter table profile add column domain_id text;
alter table profile add column metadata jsonb not null default '{}';
alter table profile add column spec jsonb;           -- as its user gave it: {type, version, properties}; null: a program's
alter table profile add column spec_type text not null default '';  -- the public name: os.nova.server-1.0
alter table profile add column updated_at timestamptz;
update profile set spec_type = type where spec_type = '';
create index profile_by_project on profile (project_id, created_at, id);

-- A cluster's and a node's row is written (init_at) before what it stands for exists (created_at).
alter table cluster rename column created_at to init_at;
alter table cluster add column created_at timestamptz;
update cluster set created_at = init_at where status <> 'INIT';
alter table cluster add column user_id text not null default '';
alter table cluster add column domain_id text;
alter table cluster add column timeout integer not null default 3600;   -- seconds, of its actions
alter table cluster add column config jsonb not null default '{}';
alter table cluster add column data jsonb not null default '{}';        -- what policies keep for its users to see
alter table cluster add column dependents jsonb not null default '{}';
alter table cluster alter column plan_hash drop not null;               -- null: none of a program's, so the library's newest
drop index cluster_by_name;
create unique index cluster_by_program_name on cluster (project_id, name) where program is not null;
create index cluster_by_name on cluster (project_id, name);
create index cluster_by_project on cluster (project_id, init_at, id);
create index cluster_by_profile on cluster (profile_id);

alter table node rename column created_at to init_at;
alter table node add column created_at timestamptz;
update node set created_at = init_at where physical_id is not null;
alter table node alter column cluster_id drop not null;                 -- null: an orphan, whose index is -1
alter table node add column user_id text not null default '';
alter table node add column domain_id text;
alter table node add column role text not null default '';
alter table node add column tainted boolean not null default false;
alter table node add column metadata jsonb not null default '{}';
alter table node add column data jsonb not null default '{}';
alter table node add column dependents jsonb not null default '{}';
create index node_by_name on node (project_id, name);
create index node_by_init on node (project_id, init_at, id);

-- A policy is a definition (of the library, of a program, of a plugin) with values for its parameters.
create table policy (
  id          uuid primary key,
  project_id  text not null,
  user_id     text not null default '',
  domain_id   text,
  name        text not null,
  type        text not null,                 -- TYPE-VERSION: senlin.policy.scaling-1.0; of a program: coppice.policy-1.0
  spec        jsonb not null,                -- as its user gave it
  data        jsonb not null default '{}',
  program     text,                          -- the program that declares it; null: made by a request
  definition  text not null,                 -- its name among the policies of the plan
  arguments   jsonb not null default '{}',   -- of the definition: checked, defaults filled in
  created_at  timestamptz not null default now(),
  updated_at  timestamptz
);
create unique index policy_by_program_name on policy (project_id, program, name) where program is not null;
create index policy_by_name on policy (project_id, name);
create index policy_by_project on policy (project_id, created_at, id);

-- A policy attached to a cluster.
create table binding (
  id          uuid primary key,
  project_id  text not null,
  cluster_id  uuid not null references cluster (id) on delete cascade,
  policy_id   uuid not null references policy (id),
  enabled     boolean not null default true,
  priority    integer not null default 50,   -- Senlin's, by type: lower is asked first
  position    integer not null default 0,    -- then in the order of the program's list
  arguments   jsonb not null default '{}',   -- on top of the policy's own
  enforce     jsonb not null default '{"level": "deny"}',
  data        jsonb,                         -- what the policy keeps for this cluster
  last_op     timestamptz,                   -- when it last had an effect: cooldowns count from here
  created_at  timestamptz not null default now()
);
create index binding_by_cluster on binding (cluster_id, priority, position, id);
create index binding_by_policy on binding (policy_id);

-- Bindings of programs' clusters, which were a column so far.
insert into policy (id, project_id, name, type, spec, program, definition)
select gen_random_uuid(), named.project_id, named.policy, 'coppice.policy-1.0',
  jsonb_build_object('type', 'coppice.policy', 'version', '1.0', 'properties', '{}'::jsonb), named.program, named.policy
from (
  select distinct c.project_id, c.program, b ->> 'policy' as policy
  from cluster c, jsonb_array_elements(c.policies) as b
  where c.program is not null
) as named;
insert into binding (id, project_id, cluster_id, policy_id, position, arguments, enforce)
select gen_random_uuid(), c.project_id, c.id, p.id, b.position, coalesce(b.bound -> 'arguments', '{}'),
  coalesce(b.bound -> 'enforce', '{"level": "deny"}')
from cluster c
cross join jsonb_array_elements(c.policies) with ordinality as b (bound, position)
join policy p on p.project_id = c.project_id and p.program = c.program and p.name = b.bound ->> 'policy';
alter table cluster drop column policies;

-- Senlin's words: an action has a type (CLUSTER_RESIZE) and a name (cluster_resize_1a2b3c4d).
alter table action rename column name to action;
alter table action add column name text not null default '';
alter table action add column target_id uuid;           -- the cluster or node that it is about
alter table action add column domain_id text;
alter table action add column timeout integer not null default 3600;  -- seconds
alter table action add column data jsonb not null default '{}';
alter table action alter column program drop not null;  -- null: of the library, on clusters of no program
update action set name = action, target_id = cluster_id;
create index action_by_target on action (target_id) where status in ('READY', 'RUNNING');
create index action_by_created on action (project_id, created_at, id);

-- Order is `seq`; the id is what users see.
alter table event rename column id to seq;
alter table event add column id uuid not null default gen_random_uuid();
alter table event add column oid uuid;                  -- what it is about: a cluster or a node
alter table event add column oname text not null default '';
alter table event add column otype text not null default 'CLUSTER';
alter table event add column user_id text not null default '';
alter table event add column action text not null default '';
alter table event add column phase text;                -- start, end, error: of Senlin's events; null: ours alone
alter table event drop constraint event_level_check;
alter table event add constraint event_level_check check (level in ('DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL'));
create unique index event_by_id on event (id);
create index event_by_object on event (project_id, oid, seq);

-- What starts actions from outside: a webhook's URL, or messages of a queue.
create table receiver (
  id          uuid primary key,
  project_id  text not null,
  user_id     text not null,
  domain_id   text,
  name        text not null,
  type        text not null check (type in ('webhook', 'message')),
  cluster_id  uuid references cluster (id) on delete cascade,
  action      text,
  actor       jsonb not null default '{}',   -- {trust_id}: in whose name it acts
  params      jsonb not null default '{}',   -- inputs of the action
  channel     jsonb not null default '{}',   -- {alarm_url}, or {queue_name, subscription}
  secret_hash text,                          -- SHA-256 of what signs its URL
  created_at  timestamptz not null default now(),
  updated_at  timestamptz
);
create index receiver_by_project on receiver (project_id, created_at, id);
create index receiver_by_cluster on receiver (cluster_id);

-- Processes of ours, alive while updated_at is young.
create table service (
  id              uuid primary key,
  host            text not null,
  "binary"        text not null,             -- coppice-api, coppice-worker
  topic           text not null,
  disabled        boolean not null default false,
  disabled_reason text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now()
);
