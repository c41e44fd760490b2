-- What stands in where nobody else provides a profile type.
alter table plugin add column stand_in boolean not null default false;  -- offered for what no other plugin provides

create index service_by_time on service (updated_at);
