import type { Json } from "../../grammar/plan.ts";
import type { Manifest } from "../../plugins/sdk/manifest.ts";
import type { Broker } from "./broker/broker.ts";
import { isStoreRead, targetName } from "./call-target.ts";
import { withoutMap } from "./clean-source-map.ts";
import { cleanText } from "./clean-text.ts";
import { endFailure, pluginFailure, timeoutFailure } from "./failures.ts";
import { type FromGuest, guestLimits, readMessage } from "./guest-message.ts";
import type { Bridge, GuestEnd, GuestOptions, StartedGuest } from "./guest-process.ts";
import type { HostLogger } from "./host-logger.ts";
import { HostFailure, type PluginCall } from "./plugin-host.ts";
import { Restarts } from "./pool/restarts.ts";
import type { CallSecrets } from "./secrets/call-secrets.ts";
import { SourcePositions } from "./source-position.ts";

/** A plugin as it is kept: what `bundles` gives for a hash. */
export interface PluginBundle {
  readonly manifest: Manifest;
  readonly bundle: string;
}

export interface SessionLimits {
  readonly memoryMb: number;
  readonly sliceMs: number;
}

/** Gives a guest a place: `apart` from all others once it was lost with those that it shared a process with. */
export type PlaceGuest = (options: GuestOptions, apart: boolean) => StartedGuest;

interface Flight {
  readonly q: PluginCall;
  readonly secrets: CallSecrets;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (failure: HostFailure) => void;
  readonly controller: AbortController;
  /** Set until it is on its way to a guest: the end of one that is there costs it nothing. */
  begin?: (() => void) | undefined;
  /** Requests that wait for the broker. */
  requests: number;
  /** So far. */
  events: number;
  lines: number;
}

/** What goes to the guest: which function of the plugin, with arguments and settings that were checked. */
export interface Exchange {
  /** `profiles.box.create` */
  readonly path: string;
  readonly call: Json;
  readonly settings: Json;
  /** The function answers for many nodes. */
  readonly many?: boolean;
}

/** What comes back, not checked yet. */
export type Answer = { readonly value: Json } | { readonly accepted: Json };

/** How much longer than a turn of the plugin may last it takes at most until an ended call is confirmed. */
const endedMs = 1000;
const levels = new Set(["debug", "info", "warn", "error"]);

/**
 * A plugin under one grant in one project, in a room of a guest process that is started when it's needed and again
 * after it was lost. What the guest says is treated as the plugin's word.
 */
export class GuestSession {
  readonly #plugin: PluginBundle;
  readonly #limits: SessionLimits;
  readonly #place: PlaceGuest;
  readonly #broker: Broker;
  readonly #log: HostLogger;
  readonly #positions: SourcePositions;
  readonly #bundle: string;
  readonly #flights = new Map<number, Flight>();
  readonly #ending = new Map<number, NodeJS.Timeout>();
  readonly #restarts = new Restarts();
  #guest: Promise<Bridge> | undefined;
  #starting: Bridge | undefined;
  #bridge: Bridge | undefined;
  #lastCall = 0;
  #strayLines = 0;
  #apart = false;
  #closed = false;
  /** When the last call began, by `performance.now()`. */
  usedAt = performance.now();

  constructor(
    plugin: PluginBundle,
    limits: SessionLimits,
    place: PlaceGuest,
    broker: Broker,
    log: HostLogger,
  ) {
    this.#plugin = plugin;
    this.#limits = limits;
    this.#place = place;
    this.#broker = broker;
    this.#log = log;
    this.#positions = new SourcePositions(plugin.bundle);
    this.#bundle = withoutMap(plugin.bundle);
  }

  get pid(): number | undefined {
    return this.#bridge?.pid;
  }

  get idle(): boolean {
    return this.#flights.size === 0 && this.#ending.size === 0;
  }

  /** Runs one function. Throws `HostFailure`. */
  async call(q: PluginCall, exchange: Exchange, secrets: CallSecrets): Promise<Answer> {
    this.usedAt = performance.now();
    this.#refuseWhileResting(q);
    const id = ++this.#lastCall;
    const controller = new AbortController();
    let late: NodeJS.Timeout | undefined;
    const abort = () =>
      this.#end(
        id,
        new HostFailure(`${this.#name(q)} was cancelled`, { code: "cancelled", retryable: false }),
      );
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const none = { requests: 0, events: 0, lines: 0 };
        const flight: Flight = { q, secrets, resolve, reject, controller, ...none };
        this.#flights.set(id, flight);
        late = setTimeout(() => this.#end(id, timeoutFailure(this.#name(q), q.timeoutMs)), q.timeoutMs);
        if (q.signal?.aborted) return abort();
        q.signal?.addEventListener("abort", abort, { once: true });
        const send = (bridge: Bridge) => {
          if (this.#flights.has(id)) bridge.post(JSON.stringify({ t: "call", id, ...exchange }));
        };
        const begin = () => {
          flight.begin = undefined;
          if (this.#bridge !== undefined) return send(this.#bridge);
          const starting = this.#ready();
          starting.then(send, (error: Error) => this.#notStarted(starting, id, error));
        };
        if (this.#ending.size === 0) begin();
        else flight.begin = begin; // a guest that doesn't let go of an ended call takes no further one with it
      });
    } finally {
      clearTimeout(late);
      q.signal?.removeEventListener("abort", abort);
      this.#flights.delete(id);
      controller.abort();
    }
  }

  close(): void {
    this.#closed = true;
    (this.#bridge ?? this.#starting)?.kill({ reason: "closed", message: "the plugin host was closed" });
  }

  #ready(): Promise<Bridge> {
    this.#guest ??= this.#start();
    return this.#guest;
  }

  /** A guest that was lost has ended its calls itself; one that never was one leaves them to this. */
  #notStarted(starting: Promise<Bridge>, id: number, cause: Error): void {
    if (this.#guest === starting) this.#guest = undefined;
    const flight = this.#flights.get(id);
    const message = `no process could be started for plugin ${this.#plugin.manifest.name}: ${cause.message}`;
    flight?.reject(new HostFailure(message, { code: "plugin-crashed", retryable: true, cause }));
  }

  #refuseWhileResting(q: PluginCall): void {
    const rest = this.#bridge === undefined ? this.#restarts.rest : 0;
    if (rest === 0) return;
    const until = new Date(Date.now() + rest).toISOString();
    throw new HostFailure(
      `${this.#name(q)}: the plugin's process was lost ${this.#restarts.losses} times within a minute; it's started again at ${until}`,
      { code: "plugin-crashed", retryable: true, help: "the worker's log says how it was lost each time" },
    );
  }

  async #start(): Promise<Bridge> {
    const wait = this.#restarts.delay;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (this.#closed) throw new Error("the plugin host was closed");
    const { manifest } = this.#plugin;
    const guest: GuestOptions = {
      ...this.#limits,
      bundle: this.#bundle,
      name: `plugin:${manifest.name}`,
      onText: (text) => this.#take(text, bridge),
      onEnd: (end) => this.#lose(end),
      onNoise: (line) => this.#log.warn({ plugin: manifest.name }, `guest process: ${cleanText(line)}`),
    };
    const { bridge, opened } = this.#place(guest, this.#apart);
    this.#bridge = undefined;
    this.#starting = bridge;
    await opened;
    this.#bridge = bridge;
    return bridge;
  }

  #lose(end: GuestEnd): void {
    this.#guest = undefined;
    this.#starting = undefined;
    this.#bridge = undefined;
    const inside = [...this.#flights].filter(([, { begin }]) => begin === undefined);
    const alone = inside.length === 1 && this.#ending.size === 0; // an ended call may be what held it
    for (const timer of this.#ending.values()) clearTimeout(timer);
    this.#ending.clear();
    if (end.reason !== "closed") {
      if (end.reason !== "neighbour") {
        this.#restarts.lost();
        this.#apart = true;
      }
      this.#log.warn(
        { plugin: this.#plugin.manifest.name, reason: end.reason },
        `guest process lost: ${cleanText(end.message)}`,
      );
    }
    const at = end.stack === undefined ? undefined : this.#positions.where(end.stack);
    for (const [id, flight] of inside) {
      this.#flights.delete(id);
      flight.reject(endFailure(this.#name(flight.q), end, alone, at));
    }
    this.#beginWaiting();
  }

  /** Lets calls in that waited until the guest had let go of those before. */
  #beginWaiting(): void {
    for (const { begin } of [...this.#flights.values()]) begin?.();
  }

  /** Ends a call from outside. A guest that doesn't confirm it has no ear for anything: it's killed. */
  #end(id: number, failure: HostFailure): void {
    const flight = this.#flights.get(id);
    if (flight === undefined) return;
    this.#flights.delete(id);
    flight.reject(failure);
    const bridge = this.#bridge;
    if (bridge === undefined || flight.begin !== undefined) return;
    bridge.post(JSON.stringify({ t: "end", id }));
    const within = this.#limits.sliceMs + endedMs;
    const timer = setTimeout(() => {
      bridge.kill({ reason: "stuck", message: `did not let go of an ended call within ${within} ms` });
    }, within);
    this.#ending.set(id, timer);
  }

  #take(text: string, bridge: Bridge): void {
    const m = readMessage(text);
    if (typeof m === "string") bridge.kill({ reason: "protocol", message: `sent ${m}` });
    else if (m.t === "done") this.#done(m);
    else if (m.t === "request") void this.#request(m, bridge);
    else if (m.t === "ended") {
      clearTimeout(this.#ending.get(m.id));
      this.#ending.delete(m.id);
      if (this.#ending.size === 0) this.#beginWaiting();
    } else if (m.t === "event" || m.t === "log") this.#say(m);
  }

  #say(m: FromGuest & { t: "event" | "log" }): void {
    const flight = this.#flights.get(m.call);
    const isEvent = m.t === "event";
    if (flight === undefined) this.#strayLines += 1;
    else if (isEvent) flight.events += 1;
    else flight.lines += 1;
    const { events, lines, strayLines } = guestLimits;
    const over =
      flight === undefined ? this.#strayLines > strayLines : flight.events > events || flight.lines > lines;
    if (over) return;
    const line = cleanText(flight?.secrets.forPeople(m.text) ?? m.text);
    if (isEvent) flight?.q.onEvent?.(line);
    else if (levels.has(m.level))
      this.#log[m.level as "debug"](
        { plugin: this.#plugin.manifest.name, ...flight?.q.origin },
        this.#positions.inText(line),
      );
  }

  #done(m: FromGuest & { t: "done" }): void {
    const flight = this.#flights.get(m.id);
    if (flight === undefined) return;
    this.#restarts.succeeded();
    const { q, secrets } = flight;
    if (m.ok && m.accepted !== undefined) flight.resolve({ accepted: secrets.forPeople(m.accepted) });
    else if (m.ok) flight.resolve({ value: isStoreRead(q.target) ? m.value : secrets.forPeople(m.value) });
    else {
      const error = secrets.forPeople(m.error);
      const failure = pluginFailure(this.#plugin.manifest, targetName(q.target), error, this.#positions);
      if (failure.trace !== undefined)
        this.#log.error({ plugin: this.#plugin.manifest.name, ...q.origin }, failure.trace);
      flight.reject(failure);
    }
  }

  async #request(m: FromGuest & { t: "request" }, bridge: Bridge): Promise<void> {
    const flight = this.#flights.get(m.call);
    if (flight === undefined) return; // the call is over; the isolate has been told
    if (flight.requests >= guestLimits.requestsAtOnce)
      return bridge.kill({ reason: "protocol", message: "asked for more at once than it may" });
    flight.requests += 1;
    const { q, secrets, controller } = flight;
    let reply: unknown;
    try {
      const value = await this.#broker.request(
        {
          manifest: this.#plugin.manifest,
          pluginHash: q.pluginHash,
          projectId: q.projectId,
          grants: q.grants,
          origin: q.origin,
          secrets,
          signal: controller.signal,
          onEvent: (line) => q.onEvent?.(cleanText(secrets.forPeople(line))),
        },
        m.capability,
        m.input,
      );
      reply = { t: "reply", id: m.id, ok: true, value: value ?? null };
    } catch (error) {
      const { message, code, retryable, help } = error as HostFailure;
      reply = { t: "reply", id: m.id, ok: false, value: { message, code, retryable, help } };
    }
    flight.requests -= 1;
    if (this.#bridge === bridge) bridge.post(JSON.stringify(reply));
  }

  #name(q: PluginCall): string {
    return `${this.#plugin.manifest.name}.${targetName(q.target)}`;
  }
}
