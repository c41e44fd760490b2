import type { Json } from "../../grammar/plan.ts";
import { pythonText } from "../specs/python-text.ts";
import type { Queryable } from "../store/pool.ts";
import type { PluginQuestions } from "./ask-plugins.ts";
import { standing } from "./create-profile.ts";
import { offeredTypes } from "./provided-types.ts";

/** By policy type: the list of places in its properties, which is also the name of the plugin's function that knows them all. */
const placeLists: Readonly<Record<string, "regions" | "zones">> = {
  "senlin.policy.region_placement": "regions",
  "senlin.policy.zone_placement": "zones",
};

/** The profile type whose plugin knows the places that Senlin's policies mean. */
const serverType = "os.nova.server-1.0";

/**
 * What is wrong with the places that a policy names, in Senlin's words: the cloud doesn't have them. `null` when it has
 * all, and when there is no plugin to ask.
 */
export async function missingPlaces(
  db: Queryable,
  q: {
    readonly type: string;
    readonly properties: Readonly<Record<string, Json>>;
    readonly projectId: string;
    readonly questions: PluginQuestions;
  },
): Promise<string | null> {
  const list = placeLists[q.type];
  const server = list === undefined ? undefined : (await offeredTypes(db)).get(serverType);
  if (list === undefined || server?.manifest.functions[list] === undefined) return null;
  const there = (await q.questions.ofPlugin({
    projectId: q.projectId,
    pluginHash: server.hash,
    ...standing(server.manifest),
    function: list,
  })) as readonly string[]; // a list of texts, as the manifest says and the host has checked
  const named = q.properties[list] as readonly { readonly name: string }[]; // by its schema
  const missing = named.map(({ name }) => name).filter((name) => !there.includes(name));
  return missing.length === 0 ? null : `The specified ${list} '${pythonText(missing)}' could not be found.`;
}
