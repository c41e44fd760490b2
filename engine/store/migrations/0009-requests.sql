-- What a client asked for stays beside what the run is given: users see the first, and may ask for it again.

alter table action add column request jsonb;   -- inputs as their user gave them; null: `inputs` says it
alter table action add column retry_of uuid;   -- the action that this one does again
