import { Type } from "typebox";
import { clusterActions } from "../../actions/cluster-action-names.ts";
import { listedEvents, listedSenlinEvents } from "../../store/list-events.ts";
import { listRows } from "../../store/list-rows.ts";
import type { EventRow } from "../../store/rows.ts";
import type { Api } from "../app.ts";
import { EventBody, toEventBody } from "../bodies/event.ts";
import { Links, refusals } from "../bodies/schemas.ts";
import { clusterIdsOf } from "../cluster-filter.ts";
import type { ApiContext } from "../context.ts";
import { findObject } from "../find-object.ts";
import { actionNamePattern, type ListContract, readListQuery } from "../list-query.ts";
import { newest, senlinsLast } from "../microversion.ts";
import { pageLinks } from "../page-links.ts";
import { scopeOf } from "../scope.ts";
import { eventLevels, nodeActions } from "../senlin-names.ts";

const listed: ListContract = {
  kind: listedEvents,
  defaultSort: "timestamp",
  filters: {
    oid: {},
    oname: {},
    otype: {},
    action: { values: [...clusterActions, ...nodeActions] },
    cluster_id: {},
    level: { values: eventLevels },
    action_id: { since: newest },
  },
};
/** Programs' own actions can be asked for, too. */
const listedWithPrograms: ListContract = {
  ...listed,
  filters: { ...listed.filters, action: { pattern: actionNamePattern } },
};

/** Senlin shows the cluster with each event. */
const kindIn = (microversion: number) => (microversion > senlinsLast ? listedEvents : listedSenlinEvents);

/** Those of Senlin alone: when actions start, end and fail. */
const senlins = { text: "(e.phase is not null) = $$", value: true };

/**
 * `GET /v1/events`: filters `oid`, `oname`, `otype`, `action`, `cluster_id`, `level`; senlin: `api.md` §15. From 1.15 on
 * every event, and the filter `action_id`.
 */
export function getEvents(app: Api, context: ApiContext): void {
  const body = Type.Object({ events: Type.Array(EventBody), links: Type.Optional(Links) });
  const response = { 200: body, ...refusals };
  app.get(
    "/events",
    { schema: { summary: "List events", response }, config: { rule: "events:index" } },
    async (request) => {
      const { microversion } = request;
      const ours = microversion > senlinsLast;
      const query = readListQuery(request, ours ? listedWithPrograms : listed);
      const clusterIds = await clusterIdsOf(context, query);
      if (clusterIds?.length === 0) return { events: [], ...pageLinks(request, context, query, []) };
      const filters = { ...query.filters, ...(clusterIds !== null && { cluster_id: clusterIds }) };
      const where = ours ? [] : [senlins];
      const rows = await listRows<EventRow>(context.pool, kindIn(microversion), { ...query, filters, where });
      const events = rows.map((row) => toEventBody(row, microversion));
      return { events, ...pageLinks(request, context, query, rows) };
    },
  );
}

/** `GET /v1/events/{id or short id}`. */
export function getEvent(app: Api, context: ApiContext): void {
  const params = Type.Object({ event: Type.String() });
  const response = { 200: Type.Object({ event: EventBody }), ...refusals };
  app.get(
    "/events/:event",
    { schema: { summary: "Show an event", params, response }, config: { rule: "events:get" } },
    async (request) => {
      const { microversion } = request;
      const q = { scope: scopeOf(request), identity: request.params.event, kind: "event", names: false };
      return {
        event: toEventBody(await findObject<EventRow>(context.pool, kindIn(microversion), q), microversion),
      };
    },
  );
}
