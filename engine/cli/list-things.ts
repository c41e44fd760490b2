import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { findServer } from "./find-server.ts";
import { listKinds } from "./list-kinds.ts";
import type { Output } from "./output.ts";
import { cell, printTable } from "./table.ts";

type Row = Readonly<Record<string, unknown>>;

/** Lists one page of a kind of thing, as a table or as JSON. */
export async function listThings(q: {
  kind: string;
  cluster: string | undefined;
  status: string | undefined;
  limit: string;
  output: Output;
}): Promise<void> {
  refuseUselessFilters(q);
  const api = findServer();
  const query = new URLSearchParams({ limit: q.limit });
  for (const status of (q.status ?? "").split(",").filter(Boolean)) query.append("status", status);
  const sort = orders[q.kind];
  if (sort !== undefined) query.set("sort", sort);
  if (q.cluster !== undefined) query.set("cluster_id", await clusterId(q.cluster));
  const answer = await api.call<Record<string, readonly Row[]>>("GET", `/v1/${q.kind}?${query}`);
  q.output.data(answer);
  const rows = answer[q.kind] ?? [];
  if (rows.length === 0) {
    q.output.line(`There are no ${q.kind}.`);
    return;
  }
  const columns = listKinds[q.kind] ?? [];
  printTable(
    q.output,
    columns.map(([title]) => title),
    rows.map((row) => columns.map(([, field]) => cell(row[field]))),
  );

  async function clusterId(nameOrId: string): Promise<string> {
    const { cluster } = await api.call<{ cluster: { id: string } }>(
      "GET",
      `/v1/clusters/${encodeURIComponent(nameOrId)}`,
    );
    return cluster.id;
  }
}

/** Orders in which people look for things, where the server's own is another. */
const orders: Readonly<Record<string, string>> = {
  clusters: "name",
  nodes: "index",
  actions: "created_at:desc",
};

/** Filters that a kind of thing doesn't know would be left out silently. */
const filters: Readonly<Record<string, readonly string[]>> = {
  nodes: ["cluster", "status"],
  actions: ["cluster", "status"],
  events: ["cluster"],
};

function refuseUselessFilters(q: { kind: string; cluster: string | undefined; status: string | undefined }) {
  const known = filters[q.kind] ?? [];
  for (const name of ["cluster", "status"] as const) {
    if (q[name] === undefined || known.includes(name)) continue;
    const kinds = Object.keys(filters).filter((kind) => filters[kind]?.includes(name));
    throw new CliError(exitCodes.usage, `${q.kind} can't be listed by --${name}`, {
      help: `It is known for: ${kinds.join(", ")}`,
    });
  }
}
