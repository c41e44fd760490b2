-- What a project lets others see or change, and how much it may have.

create table share (
  id          uuid primary key,
  project_id  text not null,                 -- the owner's
  kind        text not null check (kind in ('cluster', 'profile', 'policy', 'receiver')),
  object_id   uuid not null,
  object_name text not null,                 -- when it was shared, for people
  target      text not null check (target in ('user', 'project', 'everyone')),
  target_id   text not null default '',      -- empty: everyone
  access      text not null check (access in ('read-only', 'read-write')),
  created_by  text not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz,
  unique (object_id, target, target_id)
);
create index share_by_target on share (target, target_id, kind);
create index share_by_owner on share (project_id, created_at, id);

-- A project's own limits; where it has none, the configuration's hold. A user's part of a project has its user_id.
create table quota (
  project_id  text not null,
  user_id     text not null default '',
  resource    text not null,
  amount      integer not null check (amount >= -1),  -- -1: no limit
  updated_by  text not null,
  updated_at  timestamptz not null default now(),
  primary key (project_id, user_id, resource)
);
create index cluster_by_user on cluster (project_id, user_id);
