import type { Client } from "@temporalio/client";
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  TypedSearchAttributes,
} from "@temporalio/common";

/** What the Temporal UI can filter runs by; all of type Keyword. A fixed, small set: SQL stores allow ten. */
export const searchAttributeNames = [
  "CoppiceProject",
  "CoppiceCluster",
  "CoppiceAction",
  "CoppiceCause",
  "CoppicePolicy",
  "CoppicePlugin",
] as const;

const keys = {
  project: defineSearchAttributeKey("CoppiceProject", "KEYWORD"),
  cluster: defineSearchAttributeKey("CoppiceCluster", "KEYWORD"),
  action: defineSearchAttributeKey("CoppiceAction", "KEYWORD"),
  cause: defineSearchAttributeKey("CoppiceCause", "KEYWORD"),
};

/** The attributes of one run. Temporal takes at most 255 characters of each. */
export function searchAttributesOf(q: {
  project: string;
  cluster: string;
  action: string;
  cause: string;
}): TypedSearchAttributes {
  const pairs: SearchAttributePair[] = [
    { key: keys.project, value: q.project.slice(0, 255) },
    { key: keys.action, value: q.action.slice(0, 255) },
    { key: keys.cause, value: q.cause.slice(0, 255) },
  ];
  if (q.cluster !== "") pairs.push({ key: keys.cluster, value: q.cluster.slice(0, 255) });
  return new TypedSearchAttributes(pairs);
}

/** Registers the attributes that the namespace lacks. Fails where the server doesn't let us: then runs go without them. */
export async function registerSearchAttributes(client: Client): Promise<void> {
  const { namespace } = client.options;
  const operator = client.connection.operatorService;
  const known = await operator.listSearchAttributes({ namespace });
  const missing = searchAttributeNames.filter((name) => !Object.hasOwn(known.customAttributes ?? {}, name));
  if (missing.length === 0) return;
  const keyword = 2; // temporal.api.enums.v1.IndexedValueType
  await operator.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
  });
}
