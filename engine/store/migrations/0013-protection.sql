-- What is kept from the engine's own hands. Maintenance: {"until": milliseconds since 1970, or null: until it is ended}.

alter table node add column protected boolean not null default false;   -- no scaling takes it
alter table node add column maintenance jsonb;                          -- no scaling takes it, and no health policy looks at it
alter table cluster add column maintenance jsonb;                       -- it isn't scaled, and no health policy looks at it
