-- Where plugins come from, who vouches for them, and which of them programs may still use.

alter table plugin add column digest text;                              -- SHA-256 over its files, when the server saw them
alter table plugin add column signature text not null default 'unsigned'; -- signed or unsigned; nothing else is let in
alter table plugin add column signer text;                              -- id of the key that signed it
alter table plugin add column offered boolean not null default false;   -- lies in a folder that the server watches
alter table plugin add column unloaded_at timestamptz;                  -- no program may take it up any more; runs keep it
alter table plugin add column unloaded_by text;
