-- How an action goes through its nodes, as far as its request says so: {batchSize, pauseMs, window, rows}.

alter table action add column pace jsonb not null default '{}';
