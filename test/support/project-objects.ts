import { insertEvents } from "../../engine/store/insert-events.ts";
import { newId } from "../../engine/store/new-id.ts";
import { insertPolicy } from "../../engine/store/policies.ts";
import { insertRequestedProfile } from "../../engine/store/profiles.ts";
import { programBody, type TestApi } from "./api.ts";
import { fakeHash, programText } from "./programs.ts";

/** Ids of one object of each kind. */
export interface ProjectObjects {
  readonly cluster: string;
  readonly node: string;
  readonly action: string;
  readonly event: string;
  readonly profile: string;
  readonly policy: string;
}

/** Makes one object of each kind in the project `default` of `ann`: cluster `web`, node `web-1`, profile `plain`, policy `slow`. */
export async function makeProjectObjects(api: TestApi): Promise<ProjectObjects> {
  const { pool } = api.db;
  const applied = await api.call("POST", "/v1/programs", programBody(programText()));
  if (applied.status !== 202) throw new Error(JSON.stringify(applied.json));
  const { id: action, cluster_id: cluster } = applied.json.actions[0] as { id: string; cluster_id: string };
  const node = newId();
  await pool.query(
    `insert into node (id, project_id, cluster_id, name, index, profile_id, status)
     select $1, project_id, id, 'web-1', 1, profile_id, 'ACTIVE' from cluster where id = $2`,
    [node, cluster],
  );
  const begun = {
    key: "k1",
    level: "INFO",
    name: "begun",
    message: "it began",
    fields: {},
    phase: "start",
  } as const;
  await insertEvents(pool, { actionId: action, events: [begun] });
  const found = await pool.query<{ id: string }>("select id from event where action_id = $1", [action]);
  const owner = { projectId: "default", userId: "ann", domainId: null };
  const profile = await insertRequestedProfile(pool, {
    ...owner,
    id: newId(),
    name: "plain",
    metadata: {},
    spec: { type: "fake.server", version: "1.0", properties: { image: "web:1" } },
    specType: "fake.server-1.0",
    type: "fake.server",
    pluginHash: fakeHash,
    grants: [],
    settings: {},
    properties: { image: "web:1" },
  });
  const policy = await insertPolicy(pool, {
    ...owner,
    id: newId(),
    name: "slow",
    type: "senlin.policy.batch-1.0",
    spec: { type: "senlin.policy.batch", version: "1.0", properties: { min_in_service: 1 } },
    definition: "senlin_batch",
    arguments: { min_in_service: 1 },
  });
  return { cluster, node, action, event: found.rows[0]!.id, profile: profile.id, policy: policy.id };
}
