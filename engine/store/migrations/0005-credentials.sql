-- What lets the engine act later in a user's name, and tokens that end.

create table credential (
  project_id  text not null,
  user_id     text not null,
  kind        text not null check (kind in ('trust', 'application_credential')),
  reference   text not null,               -- Keystone's id of it
  sealed      bytea,                       -- an application credential's secret, encrypted; a trust has none
  roles       text[] not null,             -- names of the roles it carries
  broken_at   timestamptz,                 -- when Keystone no longer took it; null while it does
  created_at  timestamptz not null default now(),
  primary key (project_id, user_id, kind),
  check ((kind = 'application_credential') = (sealed is not null))
);

alter table token add column expires_at timestamptz;  -- null: never
