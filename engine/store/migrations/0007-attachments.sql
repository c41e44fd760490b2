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
