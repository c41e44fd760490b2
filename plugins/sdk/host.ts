import type { Json } from "./driver.ts";

/** What the host does for a plugin. Every call is checked against the grant and audited; a refusal throws `DriverError`. */
export interface Host {
  /** The plugin's settings (`with { … }`), checked against the manifest, defaults filled in. */
  readonly settings: Readonly<Record<string, Json>>;
  /** HTTP(S) to a granted host and port. */
  http(request: HttpRequest): Promise<HttpResponse>;
  /** HTTP over a granted unix socket. */
  socket(path: string, request: HttpRequest): Promise<HttpResponse>;
  /** Runs a granted executable; only for plugins of the `commands` tier. */
  command(request: CommandRequest): Promise<CommandResult>;
  /** Key-value records, private to this plugin and project, that outlive every process. */
  readonly state: HostState;
  /** Written to the engine's log with plugin, run and step. At most 8 KiB. */
  log(level: "debug" | "info" | "warn" | "error", message: string): void;
  /** Becomes an event of the running action: one line of output, say. `find` and `get`, which only look, make none. */
  event(message: string): void;
  /** Resolves after this many milliseconds, at most 60,000 a call. */
  sleep(milliseconds: number): Promise<void>;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  /** `http://127.0.0.1:8080/things`; for `socket` a path: `/containers/json`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string as it is; anything else as JSON, with its content type. */
  readonly body?: Json;
  /** Milliseconds for the whole exchange; 30,000 when left out. */
  readonly timeout?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 4 MiB of text. */
  readonly text: string;
  /** The text parsed, when it is JSON; `null` otherwise. */
  readonly json: Json;
}

export interface CommandRequest {
  /** Absolute path of a granted executable. */
  readonly executable: string;
  readonly arguments?: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Milliseconds; then the whole process group is killed. 60,000 when left out. */
  readonly timeout?: number;
  /** Each line of output becomes an event as it comes. */
  readonly events?: boolean;
}

export interface CommandResult {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** At most 1 MiB each; `truncated` says that there was more. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

export interface HostState {
  get(key: string): Promise<Json>;
  set(key: string, value: Json): Promise<void>;
  /** Sets it only while its value equals `expected` (`null`: absent); whether it did. */
  compareAndSet(key: string, expected: Json, value: Json): Promise<boolean>;
  delete(key: string): Promise<void>;
  /** Keys with this prefix in order, at most 1,000. */
  list(prefix: string): Promise<readonly { readonly key: string; readonly value: Json }[]>;
}
