-- Nothing ever used it: what the loop saw of a node stands in its events.

drop table health_fault;
