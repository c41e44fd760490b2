/** What `coppice ls` can list, and the columns that people see; `--json` prints all that the server says. */
export const listKinds: Readonly<Record<string, readonly (readonly [title: string, field: string])[]>> = {
  clusters: [
    ["NAME", "name"],
    ["STATUS", "status"],
    ["SIZE", "desired_capacity"],
    ["MIN", "min_size"],
    ["MAX", "max_size"],
    ["PROGRAM", "program"],
    ["ID", "id"],
  ],
  nodes: [
    ["NAME", "name"],
    ["STATUS", "status"],
    ["HEALTHY", "healthy"],
    ["PHYSICAL ID", "physical_id"],
    ["ID", "id"],
  ],
  actions: [
    ["ID", "id"],
    ["ACTION", "action"],
    ["TARGET", "target_name"],
    ["STATUS", "status"],
    ["CAUSE", "cause"],
    ["CREATED", "created_at"],
  ],
  programs: [
    ["NAME", "name"],
    ["VERSION", "version"],
    ["APPLIED BY", "applied_by"],
    ["CREATED", "created_at"],
  ],
  plugins: [
    ["NAME", "name"],
    ["VERSION", "version"],
    ["TIER", "tier"],
    ["SIGNED BY", "signer"],
    ["LOADED", "loaded"],
    ["HASH", "hash"],
  ],
  events: [
    ["CREATED", "created_at"],
    ["LEVEL", "level"],
    ["EVENT", "name"],
    ["MESSAGE", "message"],
  ],
};
