-- When a hook is told (again) that a node is to go, and how often it was tried: whoever takes one sets the time ahead, so
-- that others leave it alone while it is asked, and take it up when its process has died.
alter table lifecycle
  add column tell_after timestamptz,                       -- null: at once; infinity: never again
  add column tell_attempts integer not null default 0;
