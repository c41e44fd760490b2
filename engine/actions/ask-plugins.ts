import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { Grant, Json } from "../../grammar/plan.ts";
import { HostFailure, type PluginHost } from "../host/plugin-host.ts";
import { findProfileSecret } from "../store/find-profile-secret.ts";
import type { NodeToAsk } from "../store/load-node-to-ask.ts";
import { nodeCall } from "./node-call.ts";

/**
 * What the API itself asks of plugins, outside of every action: is this spec good, which regions are there, what is
 * known of this server. Nothing that changes the world is asked here: that takes an action.
 */
export interface PluginQuestions {
  /** Calls a function of a plugin: `validate_server`, `preview_server`, `regions`. Throws `HostFailure`. */
  ofPlugin(q: PluginQuestion): Promise<Json>;
  /** Calls an operation that only looks on a node that has a resource: `details`, `get`. Throws `HostFailure`. */
  ofNode(node: NodeToAsk, operation: string, values?: Readonly<Record<string, Json>>): Promise<Json>;
  close(): Promise<void>;
}

export interface PluginQuestion {
  /** In whose name, and whose state the plugin sees. */
  readonly projectId: string;
  readonly pluginHash: string;
  readonly grants: readonly Grant[];
  readonly settings: Readonly<Record<string, Json>>;
  readonly function: string;
  readonly arguments?: Readonly<Record<string, Json>>;
}

/** Someone waits for the answer at the other end of an HTTP request. */
const patienceMs = 30_000;

/** The questions over a plugin host that `open` makes when the first is asked: an API that asks nothing starts no guest. */
export function createQuestions(pool: pg.Pool, open: () => PluginHost): PluginQuestions {
  let host: PluginHost | null = null;
  let closed = false;
  const opened = (): PluginHost => {
    if (closed) throw new HostFailure("this server is stopping", { code: "plugin-crashed", retryable: true });
    host ??= open();
    return host;
  };
  return {
    ofPlugin(q) {
      const callId = `ask.${q.function}`;
      return opened().call({
        pluginHash: q.pluginHash,
        projectId: q.projectId,
        grants: q.grants,
        settings: q.settings,
        target: { kind: "function", function: q.function },
        call: { key: `${callId}.${randomUUID()}`, arguments: { ...q.arguments } },
        timeoutMs: patienceMs,
        origin: { actionId: null, callId },
      });
    },
    ofNode(node, operation, values = {}) {
      const { project_id: projectId, profile_id: profileId } = node;
      const callId = `ask.${operation}`;
      const more = Object.keys(values).length === 0 ? {} : { arguments: values };
      return opened().call({
        ...nodeCall(node, { operation, key: `${callId}.${randomUUID()}`, more }),
        timeoutMs: patienceMs,
        origin: { actionId: null, callId },
        secretSource: (name) => findProfileSecret(pool, { projectId, profileId, name }),
      });
    },
    async close() {
      closed = true;
      await host?.close();
    },
  };
}
