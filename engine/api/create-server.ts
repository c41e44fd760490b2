import swagger from "@fastify/swagger";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type pg from "pg";
import type { Logger } from "pino";
import { AccessRefusal } from "../access/access-refusal.ts";
import type { Access } from "../access/create-access.ts";
import { createQuestions } from "../actions/ask-plugins.ts";
import { createHost } from "../actions/create-host.ts";
import type { Config } from "../config/config.ts";
import { defaultLimits, type RequestLimits } from "../actions/limits.ts";
import type { ZaqarConfig } from "../receivers/message-service.ts";
import { MessageReceivers } from "../receivers/message-receivers.ts";
import { queueTeller } from "../lifecycles/tell-queue.ts";
import { watchLifecycles } from "../lifecycles/tell-lifecycles.ts";
import { createActionWatchers } from "./action-watchers.ts";
import { authenticate, expectPermitted, expectRule } from "./admit.ts";
import { ApiError, renderError } from "./api-error.ts";
import { type Api, createApp } from "./app.ts";
import type { ApiContext, TemporalLinks } from "./context.ts";
import { sendFrameworkPage } from "./framework-page.ts";
import { expectRouteIn, newest, oldest, readMicroversion, tellMicroversion } from "./microversion.ts";
import { isSenlins } from "./microversions.ts";
import { refuseUnstorable } from "./refuse-unstorable.ts";
import { limitRequestRates } from "./request-rates.ts";
import {
  cancelAction,
  createAction,
  getAction,
  getActions,
  patchAction,
  retryAction,
} from "./routes/actions.ts";
import { getApprovals, postAnswer } from "./routes/approvals.ts";
import { getAudit } from "./routes/audit.ts";
import { getClusterPolicies, getClusterPolicy } from "./routes/cluster-policies.ts";
import { deleteCredentials, getCredentials, postCredentials } from "./routes/credentials.ts";
import { postAdoption, postAdoptionPreview } from "./routes/adoptions.ts";
import { postClusterAction } from "./routes/cluster-actions.ts";
import { getClusterAttributes } from "./routes/cluster-attributes.ts";
import { postClusterOperation } from "./routes/cluster-operations.ts";
import { deleteCluster, getCluster, getClusters, patchCluster, postCluster } from "./routes/clusters.ts";
import { getEvent, getEvents } from "./routes/events.ts";
import { getActionExplanation, getNodeExplanation } from "./routes/explanations.ts";
import { healthz, readyz } from "./routes/health.ts";
import { createImpact } from "./routes/impacts.ts";
import { postNodeAction, postNodeOperation } from "./routes/node-actions.ts";
import { deleteNode, getNode, getNodes, patchNode, postNode } from "./routes/nodes.ts";
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
import {
  getReceiver,
  getReceivers,
  notifyReceiver,
  patchReceiver,
  postReceiver,
  removeReceiver,
} from "./routes/receivers.ts";
import { getServices } from "./routes/services.ts";
import { getShares, patchShare, postShare, removeShare } from "./routes/shares.ts";
import { fire, getTrigger, getTriggers, pause, resume } from "./routes/triggers.ts";
import {
  getBuildInfo,
  getVersion,
  getVersions,
  getVersionWithSlash,
  sendVersions,
} from "./routes/versions.ts";
import { watchAction } from "./routes/watch-action.ts";
import { postNotification, postTrigger } from "./routes/webhooks.ts";
import { dropCharset, speakAsSenlin } from "./senlin-scope.ts";
import { triggerRate } from "./trigger-rate.ts";

const publicRoutes = [healthz, readyz, openapi, getVersions, getVersion];
/** Senlin's routes, at the microversions that they name. */
const senlinRoutes = [
  getVersionWithSlash,
  getBuildInfo,
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
  postCluster,
  getCluster,
  patchCluster,
  deleteCluster,
  postClusterAction,
  getClusterAttributes,
  postClusterOperation,
  getNodes,
  postNode,
  postAdoption,
  postAdoptionPreview,
  getNode,
  patchNode,
  deleteNode,
  postNodeAction,
  postNodeOperation,
  getActions,
  getAction,
  patchAction,
  getEvents,
  getEvent,
  getReceivers,
  postReceiver,
  getReceiver,
  patchReceiver,
  removeReceiver,
  notifyReceiver,
  getServices,
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
  retryAction,
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
  limits?: RequestLimits;
  /** How clients reach the API, without a slash at its end; what their requests say when it is left out. */
  publicUrl?: string | null;
  /** After how long a silent process of ours is shown as down; 60 when it is left out. */
  serviceDownSeconds?: number;
  /** Of one receiver; as many as come when it is left out. */
  triggersPerMinute?: number | null;
  /** Takes triggers of webhooks whose URL isn't signed; `false` when it is left out. */
  unsignedWebhooks?: boolean;
  /** Where Zaqar is, for message receivers; where the catalog says when it is left out. */
  zaqar?: ZaqarConfig;
  /** How often to look for messages that nobody told us of; never when it is left out, nor for hooks that wait to be told. */
  messagesEverySeconds?: number;
  /** Of the plugin host that answers the API's own questions; this process's when it is left out. */
  config?: Config;
  /** Largest body of a request in bytes, 1 MiB when it is left out; a plugin's upload may have more. */
  bodyLimit?: number;
  /** Is told of each route as it is added. */
  onRoute?: (route: { readonly method: string | readonly string[]; readonly url: string }) => void;
}): Promise<Api> {
  const databaseUrl = q.databaseUrl ?? q.pool.options.connectionString;
  if (databaseUrl === undefined)
    throw new Error("createServer needs databaseUrl, since its pool has no connectionString");
  const watchers = await createActionWatchers({ databaseUrl, logger: q.logger });
  const limits = q.limits ?? defaultLimits;
  const triggers = triggerRate(q.triggersPerMinute ?? null);
  const zaqar = q.zaqar ?? { url: null, region: null, interface: "public" };
  const messaging = { pool: q.pool, access: q.access, logger: q.logger, zaqar };
  const messages = new MessageReceivers({
    ...messaging,
    hasRoom: (receiverId) => triggers.hasRoom(receiverId),
  });
  const context: ApiContext = {
    pool: q.pool,
    access: q.access,
    watchers,
    temporal: q.temporal ?? null,
    limits,
    publicUrl: q.publicUrl ?? null,
    serviceDownSeconds: q.serviceDownSeconds ?? 60,
    triggers,
    messages,
    unsignedWebhooks: q.unsignedWebhooks ?? false,
    questions: createQuestions(q.pool, () => createHost(q.pool, q.logger, { config: q.config, spares: 0 })),
  };
  const app = createApp({ logger: q.logger, bodyLimit: q.bodyLimit ?? 1024 * 1024 });
  if (q.onRoute !== undefined) app.addHook("onRoute", q.onRoute);
  app.addHook("onClose", () => watchers.close());
  app.addHook("onClose", () => context.questions.close());
  if (q.messagesEverySeconds !== undefined) {
    const watches = [
      messages.watch(q.messagesEverySeconds),
      watchLifecycles({ ...messaging, teller: queueTeller(messaging), everyMs: 1000 }),
    ];
    for (const watch of watches) app.addHook("onClose", () => watch.stop());
  }
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-openstack-request-id", request.id);
  });
  app.setErrorHandler(renderError);
  app.setNotFoundHandler((request, reply) => {
    const { accept = "*/*" } = request.headers;
    if (accept.includes("*/*")) sendVersions(request, reply, context);
    else sendFrameworkPage(request, reply, 404);
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
  const rates = limitRequestRates(q.pool);
  for (const route of publicRoutes)
    app.register(async (scope) => route(scope.withTypeProvider<TypeBoxTypeProvider>(), context));
  app.register(
    async (instance) => {
      const scope = instance.withTypeProvider<TypeBoxTypeProvider>();
      prepareRequests(scope);
      speakAsSenlin(scope, context);
      postTrigger(scope, context); // whoever has its URL has no token
      postNotification(scope, context);
    },
    { prefix: "/v1" },
  );
  app.register(
    async (instance) => {
      const scope = instance.withTypeProvider<TypeBoxTypeProvider>();
      prepareRequests(scope);
      scope.decorateRequest("caller");
      scope.addHook("onRequest", async (request, reply) => {
        await rates.expectAddress(request);
        await authenticate(q.access, request).catch(async (error: unknown) => {
          if (error instanceof AccessRefusal && error.kind === "unauthenticated")
            await rates.countUnauthenticated(request);
          throw error;
        });
        await rates.expectProject(request);
        if (request.is404) return;
        if (Object.values(request.params as object).includes("")) return reply.callNotFound(); // a path that ends in a slash
        expectRouteIn(request);
        expectPermitted(q.access, request);
      });
      scope.addHook("onRoute", (route) => {
        expectRule(route);
        route.schema = { ...route.schema, security: [{ token: [] }, { bearer: [] }] };
      });
      scope.setNotFoundHandler((request, reply) => {
        if (isSenlins(request)) return sendFrameworkPage(request, reply, 404);
        throw new ApiError(404, `there is no ${request.method} ${request.url.split("?")[0]}`, {
          help: "see /openapi.json",
        });
      });
      await scope.register(async (instance) => {
        const senlins = instance.withTypeProvider<TypeBoxTypeProvider>();
        speakAsSenlin(senlins, context);
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

/** What every request under `/v1` gets: its microversion read and told, and what cannot be stored refused. */
function prepareRequests(scope: Api): void {
  scope.decorateRequest("microversion", oldest);
  scope.addHook("onRequest", async (request) => {
    request.microversion = readMicroversion(request.headers["openstack-api-version"]);
  });
  scope.addHook("onSend", async (request, reply) => {
    tellMicroversion(request, reply);
    dropCharset(request, reply);
  });
  scope.addHook("preValidation", async ({ params, query, body }) => {
    refuseUnstorable("the path", params);
    refuseUnstorable("the query", query);
    refuseUnstorable("the body", body);
  });
}
