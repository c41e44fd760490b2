-- Whose time is over is cancelled by the engine: that is a failure, and not a user's wish.

alter table action drop constraint action_control_check;
alter table action add constraint action_control_check check (control in ('CANCEL', 'TIMEOUT'));
