import swagger from "@fastify/swagger";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type pg from "pg";
import type { Logger } from "pino";
import type { Access } from "../access/create-access.ts";
import { createQuestions } from "../actions/ask-plugins.ts";
import { createHost } from "../actions/create-host.ts";
import type { Config } from "../config/config.ts";
import type { PolicyLimits } from "../specs/policy-meaning.ts";
import { createActionWatchers } from "./action-watchers.ts";
import { authenticate, expectPermitted, expectRule } from "./admit.ts";
import { ApiError, renderError } from "./api-error.ts";
import { type Api, createApp } from "./app.ts";
import type { ApiContext, TemporalLinks } from "./context.ts";
import { expectRouteIn, newest, oldest, readMicroversion, tellMicroversion } from "./microversion.ts";
import { refuseUnstorable } from "./refuse-unstorable.ts";
import { cancelAction, createAction, getAction, getActions } from "./routes/actions.ts";
import { getApprovals, postAnswer } from "./routes/approvals.ts";
import { getAudit } from "./routes/audit.ts";
import { getClusterPolicies, getClusterPolicy } from "./routes/cluster-policies.ts";
import { getCluster, getClusters } from "./routes/clusters.ts";
import { deleteCredentials, getCredentials, postCredentials } from "./routes/credentials.ts";
import { getEvent, getEvents } from "./routes/events.ts";
import { getActionExplanation, getNodeExplanation } from "./routes/explanations.ts";
import { healthz, readyz } from "./routes/health.ts";
import { createImpact } from "./routes/impacts.ts";
import { getNode, getNodes } from "./routes/nodes.ts";
import { openapi } from "./routes/openapi.ts";
import { createPlan } from "./routes/plans.ts";
import { postPluginEvent } from "./routes/plugin-events.ts";
import { deletePlugin, getPlugin, getPlugins, putPackage, putPlugin } from "./routes/plugins.ts";
import {
  getPolicies,
  getPolicy,
  patchPolicy,
  postPolicy,
  removePolicy,
  validatePolicy,
} from "./routes/policies.ts";
import { getPolicyType, getPolicyTypes } from "./routes/policy-types.ts";
import { createPreview } from "./routes/previews.ts";
import { getProfileType, getProfileTypeOperations, getProfileTypes } from "./routes/profile-types.ts";
import {
  getProfile,
  getProfiles,
  patchProfile,
  postProfile,
  removeProfile,
  validateProfile,
} from "./routes/profiles.ts";
import {
  applyProgramVersion,
  getProgramVersion,
  getProgramVersionChanges,
  getProgramVersions,
  planProgramVersion,
} from "./routes/program-versions.ts";
import { createProgram, getProgram, getPrograms } from "./routes/programs.ts";
import { getProjectQuotas, getQuotas, putQuotas, removeQuotas } from "./routes/quotas.ts";
import { getShares, patchShare, postShare, removeShare } from "./routes/shares.ts";
import { fire, getTrigger, getTriggers, pause, resume } from "./routes/triggers.ts";
import { watchAction } from "./routes/watch-action.ts";
import { speakAsSenlin } from "./senlin-scope.ts";

const publicRoutes = [healthz, readyz, openapi];
/** Senlin's routes, at the microversions that they name. */
const senlinRoutes = [
  getProfiles,
  postProfile,
  validateProfile,
  getProfile,
  patchProfile,
  removeProfile,
  getPolicies,
  postPolicy,
  validatePolicy,
  getPolicy,
  patchPolicy,
  removePolicy,
  getClusterPolicies,
  getClusterPolicy,
  getProfileTypes,
  getProfileType,
  getProfileTypeOperations,
  getPolicyTypes,
  getPolicyType,
  getClusters,
  getCluster,
  getNodes,
  getNode,
  getActions,
  getAction,
  getEvents,
  getEvent,
];
/** Our own, from 1.15 on. */
const ownRoutes = [
  getQuotas,
  getProjectQuotas,
  putQuotas,
  removeQuotas,
  getShares,
  postShare,
  patchShare,
  removeShare,
  createPlan,
  createImpact,
  createProgram,
  getPrograms,
  getProgram,
  getProgramVersions,
  getProgramVersion,
  getProgramVersionChanges,
  planProgramVersion,
  applyProgramVersion,
  putPlugin,
  putPackage,
  getPlugins,
  getPlugin,
  deletePlugin,
  getNodeExplanation,
  createAction,
  createPreview,
  getActionExplanation,
  cancelAction,
  postAnswer,
  getApprovals,
  watchAction,
  postPluginEvent,
  getTriggers,
  getTrigger,
  pause,
  resume,
  fire,
  getAudit,
  getCredentials,
  postCredentials,
  deleteCredentials,
];

/**
 * The HTTP API, ready to listen: `await (await createServer({ pool, access, logger })).listen({ host, port })`. As many as
 * wanted may serve one database. `close()` ends its streams and its LISTEN connection; the pool stays the caller's.
 */
export async function createServer(q: {
  pool: pg.Pool;
  /** Who asks, and what they may do; the caller closes it after the server. */
  access: Access;
  logger: Logger;
  /** Where Temporal is, for `/readyz` and links; nothing here waits for it. */
  temporal?: TemporalLinks | null;
  /** For LISTEN; the pool's own address when it is left out. */
  databaseUrl?: string;
  limits?: PolicyLimits;
  /** Of the plugin host that answers the API's own questions; this process's when it is left out. */
  config?: Config;
  /** Largest body of a request in bytes, 1 MiB when it is left out; a plugin's upload may have more. */
  bodyLimit?: number;
}): Promise<Api> {
  const databaseUrl = q.databaseUrl ?? q.pool.options.connectionString;
  if (databaseUrl === undefined)
    throw new Error("createServer needs databaseUrl, since its pool has no connectionString");
  const watchers = await createActionWatchers({ databaseUrl, logger: q.logger });
  const limits = q.limits ?? { healthCheckIntervalMin: 60 };
  const context: ApiContext = {
    pool: q.pool,
    access: q.access,
    watchers,
    temporal: q.temporal ?? null,
    limits,
    questions: createQuestions(q.pool, () => createHost(q.pool, q.logger, q.config)),
  };
  const app = createApp({ logger: q.logger, bodyLimit: q.bodyLimit ?? 1024 * 1024 });
  app.addHook("onClose", () => watchers.close());
  app.addHook("onClose", () => context.questions.close());
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-openstack-request-id", request.id);
  });
  app.setErrorHandler(renderError);
  app.setNotFoundHandler((request) => {
    throw new ApiError(404, `there is no ${request.method} ${request.url.split("?")[0]}`, {
      help: "see /openapi.json",
    });
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Coppice", version: "1", description: "Clusters as programs" },
      components: {
        securitySchemes: {
          token: { type: "apiKey", in: "header", name: "X-Auth-Token" },
          bearer: { type: "http", scheme: "bearer" },
        },
      },
    },
  });
  for (const route of publicRoutes)
    app.register(async (scope) => route(scope.withTypeProvider<TypeBoxTypeProvider>(), context));
  app.register(
    async (instance) => {
      const scope = instance.withTypeProvider<TypeBoxTypeProvider>();
      scope.decorateRequest("caller");
      scope.decorateRequest("microversion", oldest);
      scope.addHook("onRequest", async (request) => {
        request.microversion = readMicroversion(request.headers["openstack-api-version"]);
        await authenticate(q.access, request);
        expectRouteIn(request);
        expectPermitted(q.access, request);
      });
      scope.addHook("onSend", async (request, reply) => tellMicroversion(request, reply));
      scope.addHook("preValidation", async ({ params, query, body }) => {
        refuseUnstorable("the path", params);
        refuseUnstorable("the query", query);
        refuseUnstorable("the body", body);
      });
      scope.addHook("onRoute", (route) => {
        expectRule(route);
        route.schema = { ...route.schema, security: [{ token: [] }, { bearer: [] }] };
      });
      await scope.register(async (instance) => {
        const senlins = instance.withTypeProvider<TypeBoxTypeProvider>();
        speakAsSenlin(senlins);
        for (const route of senlinRoutes) route(senlins, context);
      });
      await scope.register(async (own) => {
        own.addHook("onRoute", (route) => {
          route.config = { since: newest, ...route.config };
        });
        for (const route of ownRoutes) route(own.withTypeProvider<TypeBoxTypeProvider>(), context);
      });
    },
    { prefix: "/v1" },
  );
  await app.ready();
  return app;
}
