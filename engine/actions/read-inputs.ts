import { Ajv2020 } from "ajv/dist/2020.js";
import { suggest } from "../../grammar/diagnostics/suggest.ts";
import { readNumber } from "../../grammar/parse/number-literal.ts";
import type { Json, PlanAction, PlanParameter, Value } from "../../grammar/plan.ts";
import { boundsProblem } from "../../workflows/steps/bounds.ts";
import { isId } from "../store/new-id.ts";
import type { ClusterRow, NodeRow } from "../store/rows.ts";
import { Refusal } from "./refusal.ts";

/** Finds what inputs name, in the one project that the request belongs to. */
export interface Lookup<Cluster = ClusterRow, Node extends HasCluster = FoundNode> {
  cluster(idOrName: string): Promise<Cluster | null>;
  node(idOrName: string): Promise<Node | null>;
  /** Many by their ids, in one go; what it doesn't find is asked for one by one. */
  nodes?(ids: readonly string[]): Promise<ReadonlyMap<string, Node>>;
}

/** What is asked of a node that an input names. */
interface HasCluster {
  readonly id: string;
  readonly cluster_id: string | null;
}

/** What an action's row says of a node. */
export type FoundNode = Pick<NodeRow, "id" | "cluster_id" | "name">;

/** Inputs as a run takes them, and the clusters that they name. */
export interface Inputs<Cluster = ClusterRow, Node = FoundNode> {
  readonly values: Readonly<Record<string, Value>>;
  readonly clusters: readonly Cluster[];
  /** Clusters whose nodes are inputs. */
  readonly clusterIdsOfNodes: readonly string[];
  readonly nodes: readonly Node[];
  /** Nodes among the inputs that belong to no cluster. */
  readonly orphanIds: readonly string[];
}

/**
 * Checks what a client sent against an action's parameters and fills in defaults, but for a built-in one, whose inputs are
 * shown as they were given. Clusters and nodes come by id or
 * name and become references; durations, sizes and percents may be text (`"5s"`, `"256MiB"`, `"80%"`).
 * All mistakes are told at once, in one `Refusal`. With `partial` what is missing may still come, and none is filled in.
 */
export async function readInputs<Cluster extends { readonly id: string }, Node extends HasCluster>(
  q: { actionName: string; action: PlanAction; given: Readonly<Record<string, Json>>; partial?: true },
  lookup: Lookup<Cluster, Node>,
): Promise<Inputs<Cluster, Node>> {
  const problems = unknownInputs(q.action, q.given);
  const values: Record<string, Value> = {};
  const clusters: Cluster[] = [];
  const clusterIdsOfNodes: string[] = [];
  const orphanIds: string[] = [];
  const nodes: Node[] = [];
  const readNode = async (
    name: string,
    given: Json,
    found: ReadonlyMap<string, Node> = new Map(),
  ): Promise<Value> => {
    const node = typeof given === "string" ? (found.get(given) ?? (await lookup.node(given))) : null;
    if (node === null) {
      problems.push(`input "${name}": there is no node ${JSON.stringify(given)}`);
      return null;
    }
    nodes.push(node);
    if (node.cluster_id === null) orphanIds.push(node.id);
    else clusterIdsOfNodes.push(node.cluster_id);
    return { $node: node.id };
  };
  const readNodes = async (name: string, given: Json): Promise<Value> => {
    const entries = Object.entries(given as Readonly<Record<string, Json>> | readonly Json[]);
    const ids = entries.flatMap(([, one]) => (typeof one === "string" && isId(one) ? [one] : []));
    const found = await lookup.nodes?.(ids);
    const read: [string, Value][] = [];
    for (const [key, one] of entries) read.push([key, await readNode(name, one, found)]);
    return Array.isArray(given) ? read.map(([, node]) => node) : Object.fromEntries(read);
  };
  for (const parameter of q.action.parameters) {
    const given = Object.hasOwn(q.given, parameter.name) ? q.given[parameter.name] : undefined;
    if (given === undefined) {
      if (q.partial) continue;
      if (q.action.builtin && (parameter.default !== undefined || parameter.type.endsWith("?"))) continue;
      if (parameter.default !== undefined) values[parameter.name] = parameter.default;
      else if (parameter.type.endsWith("?")) values[parameter.name] = null;
      else problems.push(`input "${parameter.name}" (${parameter.type}) is missing`);
    } else if (isReference(parameter, "Cluster")) {
      const cluster = typeof given === "string" ? await lookup.cluster(given) : null;
      if (cluster === null)
        problems.push(`input "${parameter.name}": there is no cluster ${JSON.stringify(given)}`);
      else {
        clusters.push(cluster);
        values[parameter.name] = { $cluster: cluster.id };
      }
    } else if (isReference(parameter, "Node") && given !== null) {
      values[parameter.name] = await readNode(parameter.name, given);
    } else if (/^(List|Map)<Node(<.*>)?>\??$/.test(parameter.type) && given !== null) {
      const problem = schemaProblem(parameter, given, given);
      if (problem !== null) problems.push(`input "${parameter.name}" ${problem}; it is a ${parameter.type}`);
      else values[parameter.name] = await readNodes(parameter.name, given);
    } else {
      const value = withUnits(parameter.type, given);
      const problem = boundsProblem(parameter, value) ?? schemaProblem(parameter, given, value);
      if (problem !== null) problems.push(`input "${parameter.name}" ${problem}; it is a ${parameter.type}`);
      values[parameter.name] = value;
    }
  }
  if (problems.length > 0) {
    throw new Refusal("invalid", "bad-inputs", `${q.actionName}: ${problems.join("; ")}`, usage(q));
  }
  return { values, clusters, clusterIdsOfNodes, nodes, orphanIds };
}

function unknownInputs(action: PlanAction, given: Readonly<Record<string, Json>>): string[] {
  const names = action.parameters.map((parameter) => parameter.name);
  return Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const near = suggest(name, names);
      return `there is no input "${name}"${near === undefined ? "" : `, did you mean "${near}"?`}`;
    });
}

function usage(q: { actionName: string; action: PlanAction }): string {
  const parameters = q.action.parameters.map((parameter) => `${parameter.name}: ${parameter.type}`);
  return `its inputs are (${parameters.join(", ")})`;
}

function isReference(parameter: PlanParameter, kind: "Cluster" | "Node"): boolean {
  return new RegExp(`^${kind}(<.*>)?\\??$`).test(parameter.type);
}

/** Turns text with a unit into the number that travels; leaves everything else for the schema to judge. */
function withUnits(type: string, given: Json): Json {
  const of = /^(?:List|Map)<(.+)>$/.exec(type.replace(/\?$/, ""))?.[1];
  if (of !== undefined && Array.isArray(given)) return given.map((item) => withUnits(of, item));
  if (of !== undefined && typeof given === "object" && given !== null) {
    return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, withUnits(of, item as Json)]));
  }
  if (typeof given === "string" && /^Time\??$/.test(type)) {
    const time = Date.parse(given);
    return Number.isNaN(time) ? given : time;
  }
  if (typeof given !== "string" || !/^(Duration|Size|Percent)\??$/.test(type)) return given;
  const read = readNumber(given);
  return "value" in read && read.type === type.replace(/\?$/, "") ? read.value : given;
}

const ajv = new Ajv2020({ strict: false, allErrors: false, logger: false });

/** The parameter's schema describes what clients send; a text with a unit that could be read is a number by now. */
function schemaProblem(parameter: PlanParameter, given: Json, value: Json): string | null {
  const unitType = /^(Duration|Size|Percent)\??$/.test(parameter.type);
  if (unitType && value !== null && typeof value !== "number") {
    return `is ${JSON.stringify(given)}, which is not a number with a unit`;
  }
  const validate = ajv.compile(parameter.schema as object);
  if (validate(value) || validate(given)) return null;
  const error = validate.errors?.[0];
  return `is ${JSON.stringify(given)?.slice(0, 100)}: ${error?.instancePath ?? ""} ${error?.message ?? "not valid"}`.replace(
    ":  ",
    ": ",
  );
}
