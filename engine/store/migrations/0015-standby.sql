-- Nodes of a cluster that stand by: they count for nothing until they take a place.
alter table node add column standby boolean not null default false;
create index node_standing_by on node (cluster_id) where standby;

-- Actions of the cluster's program that stand in for built-in ones: {"CLUSTER_SCALE_IN": "drain"}.
alter table cluster add column overrides jsonb not null default '{}';
