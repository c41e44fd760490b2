import type pg from "pg";
import type { Json } from "../../grammar/plan.ts";
import { HostFailure } from "../host/plugin-host.ts";
import { insertRequestedNode } from "../store/insert-requested.ts";
import { newId } from "../store/new-id.ts";
import { inTransaction } from "../store/pool.ts";
import { deleteUnused } from "../store/delete-unused.ts";
import type { NodeRow } from "../store/rows.ts";
import type { PluginQuestion, PluginQuestions } from "./ask-plugins.ts";
import { createProfile, type Maker, standing } from "./create-profile.ts";
import { nodeName } from "./node-name.ts";
import { offeredTypes } from "./provided-types.ts";
import { expectQuota } from "./quotas.ts";
import { Refusal } from "./refusal.ts";
import { withFreeName } from "./with-free-name.ts";

type Map = Readonly<Record<string, Json>>;

/** A resource that is there, and what is to be said of it otherwise than it is. */
export interface Adoption {
  /** The resource's own id. */
  readonly identity: string;
  /** `os.nova.server-1.0` */
  readonly type: string;
  /** On top of the properties that were found. */
  readonly overrides: Map;
}

/** A spec by which the resource could have been made. */
export interface AdoptionSpec {
  readonly type: string;
  readonly version: string;
  readonly properties: Map;
}

/** What an adoption would keep as the node's profile. Only looks. */
export async function previewAdoption(
  pool: pg.Pool,
  questions: PluginQuestions,
  q: Adoption & { readonly projectId: string },
): Promise<AdoptionSpec> {
  const found = (await offeredTypes(pool)).get(q.type);
  if (found === undefined)
    throw new Refusal("invalid", "BadRequest", `The profile_type '${q.type}' could not be found.`);
  const preview = found.manifest.profiles[found.profile]?.adopt_preview;
  if (preview === undefined)
    throw new Refusal(
      "conflict",
      "FeatureNotSupported",
      `Adopting nodes of type ${q.type} is not supported.`,
    );
  const properties = await ask(questions, {
    projectId: q.projectId,
    pluginHash: found.hash,
    ...standing(found.manifest),
    function: preview,
    arguments: { physical_id: q.identity },
  });
  const { type } = found.type;
  return { type, version: q.type.slice(type.length + 1), properties: { ...properties, ...q.overrides } };
}

/** Takes a resource in as an orphan that is ACTIVE, with a profile of its own. */
export async function adoptNode(
  pool: pg.Pool,
  questions: PluginQuestions,
  q: Adoption & { readonly caller: Maker; readonly name: string | null; readonly metadata: Map },
): Promise<NodeRow> {
  const { caller } = q;
  const name = q.name ?? nodeName("node-$8R", 0);
  const spec = await previewAdoption(pool, questions, { ...q, projectId: caller.projectId });
  // Its plugin has a look at the profile: no transaction waits for that.
  const made = { caller, questions, name: `prof-${name}`, spec: { ...spec }, metadata: {} };
  const profile = await createProfile(pool, made);
  const { projectId, userId, domainId } = caller;
  try {
    return await inTransaction(pool, async (db) => {
      await expectQuota(db, { projectId, userId, resource: "nodes", more: 1 });
      return await withFreeName(db, { kind: "node", projectId, name }, (within) =>
        insertRequestedNode(within, {
          ...{ projectId, userId, domainId },
          id: newId(),
          name,
          profileId: profile.id,
          clusterId: null,
          index: -1,
          role: "",
          metadata: q.metadata,
          adopted: { physicalId: q.identity },
        }),
      );
    });
  } catch (error) {
    await deleteUnused(pool, { kind: "profile", projectId, id: profile.id });
    throw error;
  }
}

/** Senlin answers 500 whatever goes wrong there; what the driver knows to be the user's mistake is told as one. */
async function ask(questions: PluginQuestions, question: PluginQuestion): Promise<Map> {
  try {
    return (await questions.ofPlugin(question)) as Map; // the manifest check sees to it that it is a Map
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    throw new Refusal("invalid", "ProfileOperationFailed", `${error.code}: ${error.message}`, error.help);
  }
}
