-- The cloud tells of servers by its own ids, hundreds a minute: none of them may cost a look at every node.
create index node_by_physical_id on node (physical_id) where physical_id is not null;
