import type { Shop } from "../wounds/shop.ts";

/** States in which something is under way: none is left when nothing is. */
const transition =
  "('INIT', 'CREATING', 'UPDATING', 'DELETING', 'RECOVERING', 'OPERATING', 'RESIZING', 'CHECKING')";

/** Each gives a line of text for what is wrong, and nothing when all is well. They hold whenever no action is under way. */
const whenQuiet: Readonly<Record<string, string>> = {
  "R1: an action that has ended says how": `
    select action || ' is ' || status || ' without a reason or a time' from action
    where project_id = $1 and (end_time is null or (status <> 'SUCCEEDED' and (status_reason = '' or failure is null)))`,
  "R1: nothing is held by nobody": `
    select 'mailbox of ' || m.cluster_id || ' is held by ' || m.action_id from mailbox m
    join action a on a.id = m.action_id where a.project_id = $1`,
  "R1: nothing waits to be started": `
    select o.kind || ' of ' || o.action_id from outbox o join action a on a.id = o.action_id
    where a.project_id = $1 and o.kind = 'start'`,
  "R1: no node is half-way": `
    select 'node ' || name || ' is ' || status from node where project_id = $1 and status in ${transition}`,
  "R1: no cluster is half-way": `
    select 'cluster ' || name || ' is ' || status from cluster where project_id = $1 and status in ${transition}`,
  "R2: no resource belongs to two nodes": `
    select physical_id || ' belongs to ' || string_agg(name, ', ') from node
    where project_id = $1 and physical_id is not null group by physical_id having count(*) > 1`,
  "R3: sizes are within their bounds": `
    select c.name || ': ' || c.min_size || ' <= ' || c.desired_capacity || ' <= ' || c.max_size from cluster c
    where c.project_id = $1 and (
      c.desired_capacity < c.min_size or (c.max_size >= 0 and c.desired_capacity > c.max_size))`,
  "R3: no cluster has more nodes than it may": `
    select c.name || ' has ' || count(n.id) || ' nodes, more than ' || c.max_size from cluster c
    join node n on n.cluster_id = c.id where c.project_id = $1 and c.max_size >= 0
    group by c.id having count(n.id) > c.max_size`,
  "a record that nobody doubts says what its resource is": `
    select 'node ' || n.name || ' is said to be ' || coalesce(n.changes ->> 'image', p.properties ->> 'image')
      || ' and is ' || (s.value ->> 'image')
    from node n
    join profile p on p.id = n.profile_id
    join plugin_state s on s.project_id = $1 and s.key = 'server/' || n.physical_id
    where n.project_id = $1 and n.unconfirmed = '{}'
      and s.value ->> 'image' <> coalesce(n.changes ->> 'image', p.properties ->> 'image')`,
  "a node that is in doubt isn't ACTIVE": `
    select 'node ' || name || ' may have ' || unconfirmed::text from node
    where project_id = $1 and unconfirmed <> '{}' and status = 'ACTIVE'`,
  "a member has an index of its own, an orphan none": `
    select 'node ' || name || ' has index ' || index from node
    where project_id = $1 and (cluster_id is null) <> (index < 0)`,
  "a cluster's status is what its nodes justify": `
    select c.name || ' is ' || c.status || ' with ' || a.active || ' active of ' || c.desired_capacity
    from cluster c, lateral (
      select count(*) filter (where n.status = 'ACTIVE') as active from node n where n.cluster_id = c.id
    ) a
    where c.project_id = $1 and c.status = 'ACTIVE' and a.active < c.desired_capacity`,
};

/** These hold when the cloud has been well for as long as nothing was under way, and all was recovered. */
const whenWhole: Readonly<Record<string, string>> = {
  "every node is well": `
    select 'node ' || name || ' is ' || status || ': ' || status_reason from node
    where project_id = $1 and (status <> 'ACTIVE' or not healthy)`,
  "every cluster has the nodes that it wants": `
    select c.name || ' wants ' || c.desired_capacity || ', has ' || count(n.id) || ', is ' || c.status from cluster c
    left join node n on n.cluster_id = c.id where c.project_id = $1
    group by c.id having count(n.id) <> c.desired_capacity or c.status <> 'ACTIVE'`,
  "R2: every node's resource is there": `
    select 'node ' || n.name || ' has no ' || coalesce(n.physical_id, 'resource') from node n
    where n.project_id = $1 and not exists (
      select from plugin_state s where s.project_id = $1 and s.key = 'server/' || n.physical_id)`,
  "R2: every resource is a node's": `
    select s.key || ' of ' || (s.value ->> 'node') || ' belongs to nobody' from plugin_state s
    where s.project_id = $1 and s.key like 'server/%' and not exists (
      select from node n where n.project_id = $1 and s.key = 'server/' || n.physical_id)`,
  "every node's record says what its resource is": `
    select 'node ' || n.name || ' is said to be ' || coalesce(n.changes ->> 'image', p.properties ->> 'image')
      || ' and is ' || (s.value ->> 'image') || ', ' || (s.value ->> 'status')
    from node n
    join profile p on p.id = n.profile_id
    join plugin_state s on s.project_id = $1 and s.key = 'server/' || n.physical_id
    where n.project_id = $1 and (
      s.value ->> 'image' <> coalesce(n.changes ->> 'image', p.properties ->> 'image') or s.value ->> 'status' <> 'running')`,
};

/** What is wrong now that nothing is under way. */
export async function brokenWhenQuiet(shop: Shop): Promise<readonly string[]> {
  return [...(await broken(shop, whenQuiet)), ...(await stillOwnerless(shop))];
}

/** What is wrong after everything was recovered. */
export async function brokenWhenWhole(shop: Shop): Promise<readonly string[]> {
  return [...(await brokenWhenQuiet(shop)), ...(await broken(shop, whenWhole))];
}

async function broken(shop: Shop, invariants: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const found = await Promise.all(
    Object.entries(invariants).map(async ([name, sql]) =>
      (await shop.query<Record<string, string>>(sql, [shop.projectId])).map(
        (row) => `${name}: ${Object.values(row)[0]}`,
      ),
    ),
  );
  return found.flat();
}

/** What came too late for an action that was ended by force is taken away soon, by the worker that was at it. */
async function stillOwnerless(shop: Shop): Promise<readonly string[]> {
  const until = Date.now() + 30_000;
  for (;;) {
    const ids = await shop.ownerless();
    if (ids.length === 0 || Date.now() > until) return ids.map((id) => `R2: ${id} belongs to nobody`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
