import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { findAction, listedActions } from "../../store/find-action.ts";
import { listEvents } from "../../store/list-events.ts";
import { countNodes } from "../../store/list-nodes.ts";
import type { ActionRow } from "../../store/rows.ts";
import type { Api } from "../app.ts";
import { toFullActionBody } from "../bodies/action.ts";
import { toEventBody } from "../bodies/event.ts";
import type { ApiContext } from "../context.ts";
import { findObject } from "../find-object.ts";
import { scopeOf } from "../scope.ts";

/** Keeps proxies from closing a stream in which nothing happens. */
const pingMs = 15_000;
/** Ids are given before the commit: an event may become visible after one with a higher id. */
const overlap = 200;

/**
 * `GET /v1/actions/{id}/watch`: Server-Sent Events until the action ends. `progress` `{status, step, operation, place, done, total,
 * failed, nodes}` whenever one of them changes, `event` for each event of it from its beginning, `end` `{action}` last.
 * Driven by NOTIFY; a share that is revoked meanwhile ends with the next connection. 404 for an unknown action.
 */
export function watchAction(app: Api, context: ApiContext): void {
  const schema = {
    summary: "Follow an action",
    params: Type.Object({ action: Type.String() }),
    produces: ["text/event-stream"],
  };
  app.get("/actions/:action/watch", { schema, config: { rule: "actions:watch" } }, async (request, reply) => {
    const identity = request.params.action;
    const found = await findObject<ActionRow>(context.pool, listedActions, {
      scope: scopeOf(request),
      identity,
      kind: "action",
      names: false,
    });
    const q = { projectId: found.project_id, actionId: found.id };
    reply.hijack();
    const stream = openStream(reply);
    try {
      await follow(context, q, stream);
    } catch (error) {
      request.log.warn({ err: error }, "a watched action could not be read; the client connects again");
    } finally {
      stream.close();
    }
  });
}

interface Stream {
  send(event: string, data: unknown, id?: string): void;
  readonly closed: Promise<void>;
  isOpen(): boolean;
  close(): void;
}

async function follow(
  context: ApiContext,
  q: { projectId: string; actionId: string },
  stream: Stream,
): Promise<void> {
  let changed = true;
  let wake = () => {};
  const stopWatching = context.watchers.watch(q.actionId, () => {
    changed = true;
    wake();
  });
  const seen = new Set<string>();
  let last = 0;
  let shown = "";
  try {
    while (stream.isOpen()) {
      changed = false;
      const action = await findAction(context.pool, q);
      if (action === null) return;
      for (const event of await listEvents(context.pool, {
        ...q,
        clusterId: null,
        after: String(Math.max(last - overlap, 0)),
        limit: 1000,
      })) {
        if (seen.has(event.seq)) continue;
        seen.add(event.seq);
        last = Math.max(last, Number(event.seq));
        changed = true; // there may be more than one page
        stream.send("event", toEventBody(event), event.seq);
      }
      const progress = await progressOf(context, action);
      if (JSON.stringify(progress) !== shown) stream.send("progress", progress);
      shown = JSON.stringify(progress);
      if (action.end_time !== null && !changed) {
        stream.send("end", { action: await toFullActionBody(action, context) });
        return;
      }
      const next = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (!changed) await Promise.race([next, stream.closed]);
    }
  } finally {
    stopWatching();
  }
}

async function progressOf(context: ApiContext, action: ActionRow): Promise<Record<string, unknown>> {
  const clusterIds = action.cluster_id === null ? [] : [action.cluster_id];
  const nodes = await countNodes(context.pool, { projectId: action.project_id, clusterIds });
  return { status: action.status, ...action.progress, nodes };
}

function openStream(reply: FastifyReply): Stream {
  const { raw } = reply;
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "x-openstack-request-id": reply.request.id,
  });
  const closed = new Promise<void>((resolve) => raw.once("close", resolve));
  const ping = setInterval(() => raw.write(": ping\n\n"), pingMs);
  void closed.then(() => clearInterval(ping));
  return {
    closed,
    isOpen: () => !raw.destroyed && !raw.writableEnded,
    send(event, data, id) {
      raw.write(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    close() {
      clearInterval(ping);
      raw.end();
    },
  };
}
