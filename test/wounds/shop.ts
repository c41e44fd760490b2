import type { ClusterRow, NodeRow } from "../../engine/store/rows.ts";
import type { TestDatabase } from "../support/database.ts";

/** One project's clusters, asked through the API, and what the fake cloud has of them. */
export interface Shop {
  readonly projectId: string;
  /** Asks the API; the body is parsed, `null` where there is none. */
  ask(method: string, path: string, body?: unknown, version?: string): Promise<Answered>;
  /** Asks for an action on a cluster, waits in its queue if need be, and returns the action's id. */
  act(cluster: string, body: object): Promise<string>;
  /** The same for a node. */
  actOnNode(node: string, body: object): Promise<string>;
  /** Cancels an action. */
  cancel(id: string, force?: boolean): Promise<void>;
  /** Waits for an action's end. */
  end(id: string): Promise<Ended>;
  /** Applies another version of the program; returns the actions that it starts. */
  apply(text: string): Promise<readonly string[]>;
  /** Waits until every action of the project has ended. */
  quiet(): Promise<void>;
  cluster(name: string): Promise<ClusterRow>;
  /** Of a cluster by index, or, without one, orphans. */
  nodes(cluster: string | null): Promise<readonly NodeRow[]>;
  /** What the cloud has, by the name of its node. */
  servers(): Promise<readonly { readonly id: string; readonly node: string; readonly image: string }[]>;
  /** Ids of servers that no node has and that none of them asked for. */
  ownerless(): Promise<readonly string[]>;
  /** From now on the cloud fails like this; it notices within a quarter of a second. */
  fail(...failures: readonly Failing[]): Promise<void>;
  /** Waits until SQL that gives one boolean says true. */
  until(sql: string, values?: readonly unknown[]): Promise<void>;
  query<T>(sql: string, values?: readonly unknown[]): Promise<readonly T[]>;
}

export interface Failing {
  readonly operation: string;
  /** A node's index; every node when it is left out. */
  readonly node?: number;
  readonly times?: number;
  readonly retryable?: boolean;
  /** The cloud does its work, and only the reply is lost. */
  readonly done?: boolean;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON that each test looks into
  readonly json: any;
}

export interface Ended {
  readonly id: string;
  readonly status: string;
  readonly status_reason: string;
  readonly start_time: Date | null;
  readonly end_time: Date;
}

/** A fake driver looks at its failures again after this long. */
const noticedMs = 300;

export function shopOf(q: {
  db: TestDatabase;
  url: string;
  token: string;
  projectId: string;
  apply: Shop["apply"];
}): Shop {
  const { db, projectId } = q;
  const query: Shop["query"] = async (sql, values = []) => (await db.pool.query(sql, [...values])).rows;
  const until: Shop["until"] = async (sql, values = []) => {
    for (;;) {
      const [row] = (await db.pool.query({ text: sql, values: [...values], rowMode: "array" })).rows;
      if (row?.[0] === true) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const ask: Shop["ask"] = async (method, path, body, version = "latest") => {
    const response = await fetch(`${q.url}/v1${path}`, {
      method,
      headers: {
        "x-auth-token": q.token,
        "openstack-api-version": `clustering ${version}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text };
  };
  const accepted = async (path: string, body: object): Promise<string> => {
    const answer = await ask("POST", `${path}?on_conflict=queue`, body);
    if (answer.status !== 202)
      throw new Error(
        `POST ${path} ${JSON.stringify(body)}: ${answer.status} ${JSON.stringify(answer.json)}`,
      );
    return answer.json.action;
  };
  return {
    projectId,
    ask,
    query,
    until,
    act: (cluster, body) => accepted(`/clusters/${cluster}/actions`, body),
    actOnNode: (node, body) => accepted(`/nodes/${node}/actions`, body),
    async cancel(id, force = false) {
      const answer = await ask("PATCH", `/actions/${id}?force=${force}`, { action: { status: "CANCELLED" } });
      if (answer.status !== 202) throw new Error(`cancel: ${answer.status} ${JSON.stringify(answer.json)}`);
    },
    async end(id) {
      await until("select status not in ('READY', 'RUNNING') from action where id = $1", [id]);
      const [row] = await query<Ended>(
        "select id, status, status_reason, start_time, end_time from action where id = $1",
        [id],
      );
      if (row === undefined) throw new Error(`action ${id} is gone`);
      return row;
    },
    async apply(text) {
      const actions = await q.apply(text);
      return actions;
    },
    quiet: () =>
      until(
        "select not exists (select from action where project_id = $1 and status in ('READY', 'RUNNING'))",
        [projectId],
      ),
    async cluster(name) {
      const [row] = await query<ClusterRow>("select * from cluster where project_id = $1 and name = $2", [
        projectId,
        name,
      ]);
      if (row === undefined) throw new Error(`there is no cluster ${name}`);
      return row;
    },
    nodes: (cluster) =>
      query<NodeRow>(
        `select n.* from node n left join cluster c on c.id = n.cluster_id
         where n.project_id = $1 and c.name is not distinct from $2 order by n.index, n.name`,
        [projectId, cluster],
      ),
    async servers() {
      const found = await query<{ key: string; value: { node: string; image: string } }>(
        "select key, value from plugin_state where project_id = $1 and key like 'server/%' order by key",
        [projectId],
      );
      return found.map(({ key, value }) => ({ id: key.slice("server/".length), ...value }));
    },
    async ownerless() {
      const found = await query<{ id: string }>(
        `select substr(s.key, 8) as id from plugin_state s
         where s.project_id = $1 and s.key like 'server/%' and not exists (
           select from node n where n.project_id = $1 and s.key in ('server/' || n.physical_id, 'server/fake-' || n.create_key)
         )`,
        [projectId],
      );
      return found.map(({ id }) => id);
    },
    async fail(...failures) {
      const all = failures.map(({ operation, node = 0, times = 0, retryable = false, done = false }) => {
        return { operation, node, times, retryable, done, message: "this failure was asked for" };
      });
      await query(
        `insert into plugin_state (project_id, plugin, key, value) values ($1, 'fake', 'failures', $2)
         on conflict (project_id, plugin, key) do update set value = excluded.value`,
        [projectId, JSON.stringify(all)],
      );
      await new Promise((resolve) => setTimeout(resolve, noticedMs));
    },
  };
}
