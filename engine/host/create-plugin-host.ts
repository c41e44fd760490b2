import type { Json, SecretSource } from "../../grammar/plan.ts";
import { checkProperties } from "../../plugins/sdk/check-values.ts";
import { batchOutcomes } from "./batch-outcomes.ts";
import { AuditBatch, type AuditEntry, type AuditSink } from "./broker/audit.ts";
import { Broker } from "./broker/broker.ts";
import { type BrokerSettings, defaultBrokerSettings } from "./broker/broker-settings.ts";
import { type Around, InterposedBroker } from "./broker/interposed-broker.ts";
import { logMetrics } from "./broker/log-metrics.ts";
import type { StateStore } from "./broker/state-store.ts";
import { isStoreRead, targetName, targetPath } from "./call-target.ts";
import { checkCall } from "./check-call.ts";
import { engineOf } from "./engine-of.ts";
import { type ExchangeWithGuest, followCall } from "./follow-call.ts";
import type { EngineName } from "./guest/room.ts";
import { GuestSession, type PlaceGuest, type PluginBundle } from "./guest-session.ts";
import type { HostLogger } from "./host-logger.ts";
import { HostMetrics } from "./host-metrics.ts";
import { type Inspect, openInspected } from "./inspected-guest.ts";
import { canonical, pluginHash } from "./plugin-hash.ts";
import { HostFailure, type PluginCall, type PluginHost } from "./plugin-host.ts";
import { IdleWork } from "./pool/idle-work.ts";
import { ProcessPool } from "./pool/process-pool.ts";
import { CallSecrets } from "./secrets/call-secrets.ts";
import { fillSecrets } from "./secrets/secret-places.ts";
import { createSecretReader, type SecretReader } from "./secrets/secret-reader.ts";
import { StoreReader } from "./secrets/store-reader.ts";

export interface PluginHostOptions {
  /** What is kept under a plugin's hash; `undefined` when nothing is. Asked once a hash, as long as it's found. */
  readonly bundles: (hash: string) => Promise<PluginBundle | undefined>;
  readonly state: StateStore;
  readonly audit: AuditSink;
  readonly logger: HostLogger;
  /** Reads values of secrets; one that refuses all when it is left out. */
  readonly secrets?: SecretReader;
  /** What the operator sets for all plugins' requests. */
  readonly broker?: BrokerSettings;
  /** Heap of one plugin's isolate; 64 when left out. */
  readonly memoryMb?: number;
  /** The longest that plugin code may compute without a pause, in milliseconds; 3,000 when left out. */
  readonly sliceMs?: number;
  /** Guest processes at most; the one that was idle longest makes room. 32 when left out. */
  readonly processes?: number;
  /** A guest that nobody called for so long is ended; a minute when left out: a spare process takes its place in 7 ms. */
  readonly idleMs?: number;
  /** Guest processes that are started ahead; 1 when left out. */
  readonly spares?: number;
  /** For every plugin, whatever its tier: for tests of both engines. */
  readonly engine?: EngineName;
  /** Where guests live, for tests that play one themselves. */
  readonly place?: PlaceGuest;
  /** Comes between plugins and the broker, for tests of what plugins do when replies are lost. */
  readonly around?: Around;
  /** Lets a debugger in: for the playground and the leak check, never where plugins of others run. */
  readonly inspect?: Inspect;
}

/**
 * The real plugin host; all I/O goes through the broker. Plugins with grants have a process of their own for each
 * project and each set of grants; those without any share one for each project.
 */
export function createPluginHost(options: PluginHostOptions): PluginHost {
  const { logger, memoryMb = 64, sliceMs = 3000, processes = 32, idleMs = 60_000 } = options;
  const inspect = options.inspect === undefined ? undefined : true;
  const pool = new ProcessPool({ memoryMb, sliceMs, spares: options.spares ?? 1, inspect });
  if (options.place === undefined) pool.warm(options.engine ?? engineOf({ tier: "sandboxed" }));
  const metrics = new HostMetrics(() => processIds().length);
  const audit = new AuditBatch(metrics.counting(options.audit), (error) =>
    logger.error({ err: error }, "the plugins' audit could not be written"),
  );
  const settings = options.broker ?? defaultBrokerSettings;
  const broker =
    options.around === undefined
      ? new Broker(options.state, audit, settings)
      : new InterposedBroker(options.state, audit, options.around, settings);
  const stopMetrics = logMetrics(broker.metrics, logger);
  const secretReader = options.secrets ?? createSecretReader({ variables: new Set(), folder: null }, {});
  const knownSecrets = new Map<string, Map<string, string>>();
  const plugins = new Map<string, Promise<PluginBundle>>();
  const sessions = new Map<string, GuestSession>();
  let closed = false;

  const pluginOf = (hash: string): Promise<PluginBundle> => {
    const known = plugins.get(hash);
    if (known !== undefined) return known;
    const made = fetchPlugin(options.bundles, hash);
    plugins.set(hash, made);
    made.catch(() => plugins.delete(hash));
    return made;
  };

  const retire = (name: string, session: GuestSession): void => {
    sessions.delete(name);
    session.close();
  };
  const sweep = setInterval(() => {
    for (const [name, session] of sessions)
      if (session.idle && performance.now() - session.usedAt > idleMs) retire(name, session);
  }, 5000);
  sweep.unref();
  const idleWork = new IdleWork();
  const watch = setInterval(() => {
    for (const pid of idleWork.look(sessions.values())) {
      logger.warn({ pid }, "guest process ended: its plugin computed although nobody called it");
      for (const [name, session] of sessions) if (session.pid === pid) retire(name, session);
    }
  }, 500);
  watch.unref();

  const placeOf = (q: PluginCall, plugin: PluginBundle): PlaceGuest => {
    if (options.place !== undefined) return options.place;
    const engine = options.engine ?? engineOf(plugin.manifest);
    const shares = q.grants.length === 0 && plugin.manifest.tier !== "commands";
    return (guest, apart) => {
      const process = shares && !apart ? pool.share(q.projectId, engine) : pool.take(engine);
      return options.inspect === undefined
        ? process.open(guest)
        : openInspected((each) => process.open(each), guest, plugin, options.inspect);
    };
  };

  const processIds = () => [...new Set([...sessions.values()].flatMap((s) => s.pid ?? []))];

  const sessionOf = (q: PluginCall, plugin: PluginBundle): GuestSession => {
    const name = domain(q);
    const known = sessions.get(name);
    if (known !== undefined) return known;
    if (processIds().length >= processes) {
      const idle = [...sessions].filter(([, s]) => s.idle).sort(([, a], [, b]) => a.usedAt - b.usedAt)[0];
      if (idle !== undefined) retire(...idle);
    }
    const made = new GuestSession(plugin, { memoryMb, sliceMs }, placeOf(q, plugin), broker, logger);
    sessions.set(name, made);
    return made;
  };

  const host: PluginHost = {
    async call(q) {
      if (closed)
        throw new HostFailure("the plugin host was closed", { code: "plugin-crashed", retryable: true });
      const plugin = await pluginOf(q.pluginHash);
      const { manifest } = plugin;
      const checked = checkCall(manifest, q);
      const settingsOf = checkSettings(plugin, q.settings);
      const many = q.target.kind === "batch";
      const exchange: ExchangeWithGuest = async (part, more, timeoutMs) => {
        const secrets = new CallSecrets();
        const given = { call: { ...(checked as object), ...more }, settings: settingsOf };
        const { call, settings } = fillSecrets(manifest, q.target, given, (name) => secrets.handleOf(name));
        await readSecrets(readSecret, q, secrets, knownSecrets);
        const path = targetPath(q.target, part);
        const { signal, ...unending } = q;
        const asked = part === "cancel" || signal === undefined ? unending : { ...unending, signal };
        return await sessionOf(q, plugin).call(
          { ...asked, timeoutMs },
          { path, call, settings, many },
          secrets,
        );
      };
      const started = performance.now();
      try {
        return await metrics.timed(manifest.name, async () => {
          if (!many) return await followCall(manifest, q, exchange);
          return batchOutcomes(plugin, q, await exchange("begin", {}, q.timeoutMs));
        });
      } catch (error) {
        const { code } = error as HostFailure; // of another error it says nothing
        if (code?.startsWith("plugin-")) audit.add(endOfCall(manifest.name, q, code, started));
        throw error;
      }
    },
    processIds,
    metrics: async () => `${await metrics.text()}\n${broker.metrics.text()}`,
    async close() {
      closed = true;
      clearInterval(sweep);
      clearInterval(watch);
      for (const [name, session] of sessions) retire(name, session);
      pool.close();
      stopMetrics();
      await broker.close();
    },
  };
  const stores = new StoreReader((q) => host.call(q));
  const readSecret: ReadSecret = (name, source, q) =>
    source.source === "store" ? stores.read(name, source, q) : secretReader.read(name, source);
  return host;
}

/** A call that ended by the plugin's own doing: its time, its memory, a crash, a bug. It stands beside what it asked for. */
function endOfCall(plugin: string, q: PluginCall, code: string, started: number): AuditEntry {
  return {
    projectId: q.projectId,
    plugin,
    pluginHash: q.pluginHash,
    ...q.origin,
    capability: "call",
    target: `${targetName(q.target)}: ${code}`,
    outcome: "failed",
    bytesIn: 0,
    bytesOut: 0,
    durationMs: performance.now() - started,
    at: new Date(),
  };
}

type ReadSecret = (name: string, source: SecretSource, q: PluginCall) => Promise<string>;

/** Calls share a guest only when they may do the same: same plugin, same project, same grants. */
function domain(q: PluginCall): string {
  return JSON.stringify([q.pluginHash, q.projectId, q.grants.map(canonical).sort()]);
}

/**
 * Reads the values of the secrets that a call names. `known` holds, by project, the names of values that were read
 * before: another call of the project that happens to meet one doesn't get to see it either.
 */
async function readSecrets(
  read: ReadSecret,
  q: PluginCall,
  secrets: CallSecrets,
  known: Map<string, Map<string, string>>,
): Promise<void> {
  const ofProject = known.get(q.projectId) ?? new Map<string, string>();
  for (const name of secrets.names) {
    const source = (await q.secretSource?.(name)) ?? null;
    if (source === null)
      throw new HostFailure(`there is no secret "${name}" in the program that this runs`, {
        code: "secret-unknown",
        retryable: false,
        help: "apply the program again",
      });
    const value = await read(name, source, q);
    secrets.setValue(name, value);
    if (value.length >= watchedFrom) ofProject.set(value, name);
    if (ofProject.size > watchedAtMost) ofProject.delete(ofProject.keys().next().value ?? "");
    known.set(q.projectId, ofProject);
  }
  const gives = isStoreRead(q.target);
  for (const [value, name] of ofProject) secrets.watch(name, value, gives ? "people" : "all");
}

/** Shorter ones are ordinary words, and would be taken out of other calls' answers. */
const watchedFrom = 8;
const watchedAtMost = 200;

async function fetchPlugin(bundles: PluginHostOptions["bundles"], hash: string): Promise<PluginBundle> {
  const found = await bundles(hash);
  if (found === undefined)
    throw new HostFailure(`there is no plugin with the hash ${hash}`, {
      code: "plugin-not-found",
      retryable: false,
      help: "apply the program again: that brings its plugins along",
    });
  const real = pluginHash(found.manifest, found.bundle);
  if (real !== hash)
    throw new HostFailure(
      `plugin ${found.manifest.name} was changed where it is kept: its hash is ${real}, not ${hash}`,
      {
        code: "plugin-modified",
        retryable: false,
        help: "apply the program again; find out who changed the table plugin",
      },
    );
  return found;
}

function checkSettings({ manifest }: PluginBundle, settings: PluginCall["settings"]): Json {
  const checked = checkProperties(manifest.settings, settings);
  if (checked.ok) return checked.value;
  const said = checked.problems.map((p) => `${p.path} ${p.message}`).join("; ");
  throw new HostFailure(`settings of plugin ${manifest.name}: ${said}`, {
    code: "bad-arguments",
    retryable: false,
    help: "write them into the program, in the plugin's block: with { … }; coppice plugin try takes --with name=value",
  });
}
