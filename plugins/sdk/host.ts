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
  /** Runs a command on a granted machine, through ssh. */
  ssh(request: SshRequest): Promise<CommandResult>;
  /** Messages of a granted AMQP 0-9-1 broker (RabbitMQ). */
  readonly amqp: HostAmqp;
  /** The address of a service in the catalog of a granted Keystone; `null` when it has none. */
  endpoint(request: EndpointRequest): Promise<string | null>;
  /** The value of a secret that stands in a property or argument. Needs `allow reveal`; prefer to send the secret. */
  reveal(secret: string): Promise<string>;
  /** Key-value records, private to this plugin and project, that outlive every process. */
  readonly state: HostState;
  /** Written to the engine's log with plugin, run and step. At most 8 KiB. */
  log(level: "debug" | "info" | "warn" | "error", message: string): void;
  /**
   * Adds to a counter of this plugin (`value` is 0 or more). Names and labels match `[a-z][a-z0-9_]{0,62}`; at most 8
   * labels with values of 100 characters. Needn't be awaited; what is over 200 series of a plugin and project is dropped.
   */
  metric(name: string, value: number, labels?: Readonly<Record<string, string>>): Promise<void>;
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
  /** Credentials of the project, which the host adds: the plugin never sees them. Not for sockets. */
  readonly auth?: "keystone" | "aws" | KeystoneAuth | AwsAuth;
  /** Not for sockets. */
  readonly tls?: HttpTls;
}

/** A token of a granted Keystone; sent to services of its catalog only, and renewed when it runs out. */
export interface KeystoneAuth {
  readonly kind: "keystone";
  /** Which, where several are granted: the address as the grant has it. */
  readonly url?: string;
}

/** Signature version 4, for granted hosts. */
export interface AwsAuth {
  readonly kind: "aws";
  /** `ec2`; found in the name of a host of AWS when left out. */
  readonly service?: string;
  readonly region?: string;
}

/** PEM texts; certificate and key may be secrets. */
export interface HttpTls {
  readonly certificate?: string;
  readonly key?: string;
  /** Trusted instead of the system's authorities. */
  readonly authority?: string;
}

export interface EndpointRequest {
  /** Type of the service: `compute`. */
  readonly type: string;
  /** `public` when left out. */
  readonly interface?: "public" | "internal" | "admin";
  readonly region?: string;
  /** Which Keystone, where several are granted. */
  readonly keystone?: string;
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
  /** Absolute path of the folder it runs in; `/` when left out. */
  readonly cwd?: string;
  /** Milliseconds; then the whole process group is killed. 60,000 when left out. */
  readonly timeout?: number;
  /** Each line of output becomes an event as it comes. */
  readonly events?: boolean;
  readonly limits?: CommandLimits;
  /** Runs it in a jail of the kernel's: it sees the system's programs, a `/tmp` of its own, and what stands here. */
  readonly jail?: CommandJail;
}

/** Absolute paths; no more than these, and no network unless it is wanted. What the command starts ends with it. */
export interface CommandJail {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly network?: boolean;
}

/** Limits of the kernel for each process of a command. */
export interface CommandLimits {
  /** Bytes of address space. */
  readonly memory?: number;
  readonly cpuSeconds?: number;
  /** Bytes of the largest file it may write. */
  readonly fileSize?: number;
  readonly openFiles?: number;
}

export interface SshRequest {
  /** `user@host:22`, as granted. */
  readonly to: string;
  /** A program and its arguments; the far shell reads them as they are. */
  readonly command: readonly string[];
  /** Private key (a secret) in OpenSSH's or PEM form. */
  readonly key: string;
  /** Lines of `known_hosts` or bare public keys (`ssh-ed25519 AAAA…`) of the machine; the operator's file when left out. */
  readonly hostKeys?: string;
  readonly stdin?: string;
  /** Milliseconds; 60,000 when left out. What runs on the machine may go on. */
  readonly timeout?: number;
  readonly events?: boolean;
}

export interface HostAmqp {
  /** Resolves when the broker has the message. */
  publish(request: AmqpPublish): Promise<void>;
  /** Takes up to `limit` messages, after at most `wait` milliseconds. Each comes again unless it is acknowledged. */
  consume(request: AmqpConsume): Promise<readonly AmqpMessage[]>;
  /** By the `tag` of each; one whose connection was lost meanwhile comes again, which isn't told here. */
  acknowledge(request: AmqpConnection & { readonly tags: readonly string[] }): Promise<void>;
}

export interface AmqpConnection {
  /** `host:5672/vhost`, as granted; `amqps://` in front for TLS. */
  readonly to: string;
  readonly user?: string;
  /** A secret. */
  readonly password?: string;
}

export interface AmqpPublish extends AmqpConnection {
  /** The default exchange, which delivers to the queue of that name, when left out. */
  readonly exchange?: string;
  readonly routingKey: string;
  /** A string as it is; anything else as JSON. */
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** Kept on disk by durable queues; yes when left out. */
  readonly persistent?: boolean;
}

export interface AmqpConsume extends AmqpConnection {
  readonly queue: string;
  /** Declares the queue and binds it, when it is given. */
  readonly bind?: { readonly exchange: string; readonly routingKeys: readonly string[] };
  /** 1 to 100; 10 when left out. */
  readonly limit?: number;
  /** Milliseconds, at most 60,000; 0 when left out. */
  readonly wait?: number;
}

export interface AmqpMessage {
  readonly tag: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  readonly headers: Readonly<Record<string, Json>>;
  /** At most 1 MiB of text. */
  readonly text: string;
  /** The text parsed, when it is JSON; `null` otherwise. */
  readonly json: Json;
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
