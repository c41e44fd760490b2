import type { Client } from "@temporalio/client";
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  TypedSearchAttributes,
} from "@temporalio/common";
import { searchAttributeTypes } from "./search-attribute-types.ts";

/** Their numbers in temporal.api.enums.v1.IndexedValueType. */
const indexedValueTypes = { Keyword: 2, KeywordList: 7 } as const;

const keys = {
  project: defineSearchAttributeKey("CoppiceProject", "KEYWORD"),
  cluster: defineSearchAttributeKey("CoppiceCluster", "KEYWORD"),
  action: defineSearchAttributeKey("CoppiceAction", "KEYWORD"),
  cause: defineSearchAttributeKey("CoppiceCause", "KEYWORD"),
  policy: defineSearchAttributeKey("CoppicePolicy", "KEYWORD_LIST"),
  plugin: defineSearchAttributeKey("CoppicePlugin", "KEYWORD_LIST"),
};

/** The attributes of one run. Temporal takes at most 255 characters of each. */
export function searchAttributesOf(q: {
  project: string;
  cluster: string;
  action: string;
  cause: string;
  /** Bound to its first cluster. */
  policies: readonly string[];
  /** Of its plan, by their own names. */
  plugins: readonly string[];
}): TypedSearchAttributes {
  const pairs: SearchAttributePair[] = [
    { key: keys.project, value: q.project.slice(0, 255) },
    { key: keys.action, value: q.action.slice(0, 255) },
    { key: keys.cause, value: q.cause.slice(0, 255) },
  ];
  if (q.cluster !== "") pairs.push({ key: keys.cluster, value: q.cluster.slice(0, 255) });
  if (q.policies.length > 0) pairs.push({ key: keys.policy, value: [...q.policies] });
  if (q.plugins.length > 0) pairs.push({ key: keys.plugin, value: [...q.plugins] });
  return new TypedSearchAttributes(pairs);
}

/** Registers the attributes that the namespace lacks. Fails where the server doesn't let us: then runs go without them. */
export async function registerSearchAttributes(client: Client): Promise<void> {
  const { namespace } = client.options;
  const operator = client.connection.operatorService;
  const known = await operator.listSearchAttributes({ namespace });
  const missing = Object.entries(searchAttributeTypes).filter(
    ([name]) => !Object.hasOwn(known.customAttributes ?? {}, name),
  );
  if (missing.length === 0) return;
  await operator.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, indexedValueTypes[type]])),
  });
}
