const token = "without Keystone a token is asked for in other words";
const nulls = "Senlin keeps the null size that its own action fails for; here it is 0";
const older = "the recorded Senlin had clusters of earlier runs";
const children = "the work on each node is part of the run, and no action of its own";
const page = "unknown paths are answered in JSON so far";

/** Requests that are answered otherwise than Senlin answered them, each with its reason. One that agrees has to go. */
export const knownDifferences = {
  clusters: {
    "wants a token to create": token,
    "wants a token to list": token,
    "wants a token to delete": token,
    "shows to a reader": nulls,
    "lists, sorted by name": nulls,
    "lists two, after a marker, downwards": nulls,
    "lists for an admin without asking for all projects": older,
    "lists all projects for an admin": older,
  },
  nodes: {},
  "cluster-actions": {},
  actions: {},
  events: {},
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;
export const unused = [children, page];
