/**
 * A CTE of one row while the action `$1` holds its mailboxes, of none when it has ended. Until the transaction ends nobody
 * takes them from it: whoever ends the action waits (`lockMailboxRows`).
 */
export const holder = `holder as materialized (
      select from mailbox where action_id = $1 and held order by cluster_id limit 1 for key share
    )`;
