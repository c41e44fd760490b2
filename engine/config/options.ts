import { isIP } from "node:net";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { BadValue } from "./bad-value.ts";
import {
  anything,
  choice,
  count,
  databaseAddress,
  duration,
  host,
  hostAndPort,
  list,
  path,
  paths,
  port,
  seconds,
  size,
  text,
  url,
  yesOrNo,
} from "./kinds.ts";
import { type Option, option, optional } from "./option.ts";

const engine = ["api", "worker"] as const;
const everyone = ["api", "worker", "up", "cli"] as const;
const openPlugins = ["api", "worker", "cli"] as const;
const httpUrl = url(["http", "https"], "http://host:port");
const freePort = "a free one, the same at each start";
const none = { least: seconds(0) };

/**
 * All options, in the order of the documentation. A new one is one entry here: that makes its flag (`--api-port`), its
 * variable (`COPPICE_API_PORT`), its line in `coppice.yaml`, its checks, and its row in `docs/configuration.md`
 * (`npm run docs`). Read it with `currentConfig().get("api-port")`.
 */
export const options = {
  home: option(path, {
    default: (environment) =>
      resolve(
        environment["XDG_DATA_HOME"] || join(environment["HOME"] || homedir(), ".local", "share"),
        "coppice",
      ),
    defaultText: "`$XDG_DATA_HOME/coppice`, else `~/.local/share/coppice`",
    group: "place",
    readers: everyone,
    doc: "The folder of one installation: its state, logs, token and `coppice.yaml`. Two homes share nothing.",
  }),
  config: optional(path, {
    group: "place",
    readers: everyone,
    defaultText: "`coppice.yaml` in the home, if it is there",
    doc: "The file that options are read from; `none` reads no file.",
  }),
  "database-url": optional(databaseAddress, {
    group: "place",
    readers: everyone,
    variable: "DATABASE_URL",
    secret: "password",
    example: "postgres://user:password@host/coppice",
    defaultText: "none; `up` starts a Postgres of its own",
    doc: "The Postgres that holds what users asked for and what exists.",
  }),
  "temporal-address": optional(hostAndPort, {
    group: "place",
    readers: everyone,
    variable: "TEMPORAL_ADDRESS",
    example: "127.0.0.1:7233",
    defaultText: "none; `up` starts a Temporal of its own",
    doc: "The Temporal server that runs the workflows.",
  }),
  "temporal-namespace": option(text, {
    default: "default",
    group: "place",
    readers: engine,
    variable: "TEMPORAL_NAMESPACE",
    doc: "The namespace in Temporal.",
  }),
  "temporal-ui": optional(httpUrl, {
    group: "place",
    readers: ["api", "up"],
    doc: "Where Temporal's UI is, for links in answers.",
  }),

  "temporal-port": optional(port, {
    group: "stack",
    readers: ["up"],
    defaultText: freePort,
    doc: "Port of Temporal.",
  }),
  "temporal-ui-port": optional(port, {
    group: "stack",
    readers: ["up"],
    defaultText: freePort,
    doc: "Port of Temporal's UI.",
  }),
  "postgres-port": optional(port, {
    group: "stack",
    readers: ["up"],
    defaultText: freePort,
    doc: "Port of Postgres.",
  }),
  "postgres-user": optional(text, {
    group: "stack",
    readers: ["up", "cli"],
    defaultText: "`postgres`, else `nobody`",
    doc: "The account that Postgres runs as when Coppice is started by root; Postgres itself refuses to be root.",
  }),
  "temporal-cli": optional(path, {
    group: "stack",
    readers: ["up", "cli"],
    variable: "TEMPORAL_CLI",
    defaultText: "the one that was set up, else `temporal` on the PATH",
    doc: "Temporal's command line, a program file, whose server `up` runs. As a variable it also spares the set-up from installing one.",
  }),

  url: optional(httpUrl, {
    group: "client",
    readers: ["cli"],
    defaultText: "the stack of the home",
    doc: "The API that commands talk to.",
  }),
  token: optional(anything, {
    group: "client",
    readers: ["cli"],
    secret: "all",
    defaultText: "the file `token` in the home",
    doc: "The token that commands show to the API.",
  }),

  "api-host": option(host, {
    default: "127.0.0.1",
    group: "api",
    readers: ["api", "up"],
    doc: "The address that the API listens on; `0.0.0.0` for other machines.",
  }),
  "api-port": option(port, {
    default: 8778,
    defaultText: "8778; `up`: a free one, the same at each start",
    group: "api",
    readers: ["api", "up"],
    doc: "The port that the API listens on. Senlin's is 8777.",
  }),
  "public-url": optional(httpUrl, {
    group: "api",
    readers: ["api", "worker"],
    defaultText: "the address that the API listens on",
    doc: "How clients reach the API, where that is another address: the base of webhooks' URLs and of `Location`.",
  }),
  "max-body-size": option(size({ least: 1024, most: 1024 ** 3 }), {
    default: 1024 ** 2,
    group: "api",
    readers: ["api"],
    doc: "The largest body of a request. Uploads of plugins may be larger.",
  }),
  "default-page-size": option(count({ least: 1, most: 100_000 }), {
    default: 100,
    group: "api",
    readers: ["api"],
    doc: "Objects in one page of a list, when the client names no limit.",
  }),
  "max-page-size": option(count({ least: 1, most: 100_000 }), {
    default: 1000,
    group: "api",
    readers: ["api"],
    doc: "The most objects in one page of a list, whatever the client asks for.",
  }),
  "name-unique": option(yesOrNo, {
    default: false,
    group: "api",
    readers: ["api"],
    doc: "Refuse a second cluster, node, profile, policy or receiver of the same name in a project.",
  }),
  "senlin-faults": option(yesOrNo, {
    default: false,
    group: "api",
    readers: ["api"],
    doc: "Answer 500, as Senlin does, for a spec that its type refuses and for a cluster over quota, where 400 and 403 are right; for clients and tests that wait for it.",
  }),
  "service-down-time": option(duration({ least: seconds(1) }), {
    default: seconds(60),
    group: "api",
    readers: engine,
    doc: "A service that wasn't heard of for so long is shown as down.",
  }),

  "keystone-url": optional(url(["http", "https"], "http://127.0.0.1:5000/v3"), {
    group: "access",
    readers: engine,
    doc: "Keystone, whose tokens the API accepts. Without it only local tokens count.",
  }),
  "keystone-username": option(text, {
    default: "senlin",
    group: "access",
    readers: engine,
    doc: "Coppice's own user in Keystone, which checks tokens and acts on trusts.",
  }),
  "keystone-password": optional(anything, {
    group: "access",
    readers: engine,
    secret: "all",
    doc: "The password of that user.",
  }),
  "keystone-project": option(text, {
    default: "service",
    group: "access",
    readers: engine,
    doc: "The project of that user.",
  }),
  "keystone-user-domain": option(text, {
    default: "Default",
    group: "access",
    readers: engine,
    doc: "The domain of that user.",
  }),
  "keystone-project-domain": option(text, {
    default: "Default",
    group: "access",
    readers: engine,
    doc: "The domain of that project.",
  }),
  "keystone-interface": option(choice(["public", "internal", "admin"]), {
    default: "public",
    group: "access",
    readers: engine,
    doc: "Which endpoints of the catalog are used.",
  }),
  region: optional(text, {
    group: "access",
    readers: engine,
    defaultText: "the first that the catalog names",
    doc: "The region whose endpoints are used when a request names none.",
  }),
  "rules-file": optional(path, {
    group: "access",
    readers: ["api"],
    defaultText: "none; the built-in rules",
    doc: "A policy file (YAML) that overrides who may do what, rule by rule.",
  }),
  "credential-key": optional(anything, {
    group: "access",
    readers: engine,
    secret: "all",
    defaultText: "none: secrets of application credentials can't be kept",
    doc: "What seals secrets of application credentials: 32 random bytes in base64.",
  }),
  "trust-roles": option(list({ name: "role names, parted by commas" }), {
    default: [],
    defaultText: "all roles of the user",
    group: "access",
    readers: ["api"],
    doc: "The roles that a user's trust hands to Coppice.",
  }),

  "max-nodes-per-cluster": option(count({ least: 1, most: 10_000 }), {
    default: 1000,
    group: "limits",
    readers: engine,
    doc: "The most nodes that a cluster may have, unless a quota of its project says otherwise.",
  }),
  "max-clusters-per-project": option(count({ least: 0 }), {
    default: 100,
    group: "limits",
    readers: ["api"],
    doc: "The most clusters in a project, unless a quota of its own says otherwise.",
  }),
  "max-clusters-per-user": optional(count({ least: 0 }), {
    group: "limits",
    readers: ["api"],
    doc: "The most clusters that one user may own in a project.",
  }),
  "max-nodes-per-project": optional(count({ least: 0 }), {
    group: "limits",
    readers: engine,
    doc: "The most nodes in a project.",
  }),
  "max-actions-in-flight": optional(count({ least: 1 }), {
    group: "limits",
    readers: ["api"],
    doc: "The most actions of a project that wait or run; more are refused.",
  }),
  "api-rate-limit": optional(count({ least: 1 }), {
    group: "limits",
    readers: ["api"],
    doc: "Requests a second of one project, unless a quota of its own says otherwise; and those without a valid token from one address. More are refused with 429. Each API process counts for itself.",
  }),
  "receiver-rate-limit": optional(count({ least: 1 }), {
    group: "limits",
    readers: ["api"],
    doc: "Triggers a minute of one receiver; more are refused with 429.",
  }),

  "unsigned-webhooks": option(yesOrNo, {
    default: false,
    group: "access",
    readers: ["api"],
    doc: "Take triggers of webhooks whose URL lacks its signature, as Senlin does: whoever knows a receiver's id may trigger it.",
  }),

  "default-action-timeout": option(duration({ least: seconds(1), most: seconds(86_400 * 365) }), {
    default: seconds(3600),
    group: "work",
    readers: engine,
    doc: "How long an action may take when its cluster doesn't say so.",
  }),
  "nodes-per-activity": optional(count({ least: 1, most: 1000 }), {
    group: "work",
    readers: ["worker"],
    defaultText: "computed from the step's size",
    doc: "Nodes that one activity of Temporal's works on.",
  }),
  "database-batch": optional(count({ least: 1, most: 10_000 }), {
    group: "work",
    readers: ["worker"],
    defaultText: "computed from the step's size",
    doc: "Rows that one statement writes, where the action's request doesn't say.",
  }),
  "action-window": optional(count({ least: 1, most: 10_000 }), {
    group: "work",
    readers: ["worker"],
    defaultText: "2500",
    doc: "Nodes of one action that are worked on at once, where its request doesn't say.",
  }),
  "batch-pause": option(duration(none), {
    default: seconds(0),
    group: "work",
    readers: ["worker"],
    doc: "The pause between two batches of an action, where neither its request, the loop nor a policy has one.",
  }),
  "health-check-interval-min": option(duration({ least: seconds(1) }), {
    default: seconds(60),
    group: "work",
    readers: ["api"],
    doc: "The shortest interval that a health policy may ask for.",
  }),
  "node-checks-in-flight": option(count({ least: 1, most: 10_000 }), {
    default: 64,
    group: "work",
    readers: ["worker"],
    doc: "Health checks of nodes that one worker makes at once.",
  }),
  "default-cloud-plugin": option(text, {
    default: "openstack_test",
    group: "work",
    readers: ["api"],
    doc: "The plugin whose profile types the API knows where no other plugin in `plugin-path` provides them: a path, or a name; `openstack_test` comes along, a cloud of records that reaches nothing outside. `none`: no such plugin.",
  }),
  "zaqar-url": optional(httpUrl, {
    group: "work",
    readers: engine,
    defaultText: "the one that Keystone's catalog names",
    doc: "Zaqar, for message receivers.",
  }),
  "notifications-url": optional(url(["amqp", "amqps"], "amqp://user:password@host:5672/"), {
    group: "work",
    readers: ["worker"],
    secret: "password",
    defaultText: "none: health policies hear no LIFECYCLE_EVENTS",
    doc: "The message bus on which Nova tells of its servers.",
  }),
  "nova-exchange": option(text, {
    default: "nova",
    group: "work",
    readers: ["worker"],
    doc: "The exchange to which Nova sends its notifications.",
  }),
  retention: optional(duration({ least: seconds(3600) }), {
    group: "work",
    readers: ["worker"],
    doc: "Ended actions and events that are older are deleted; `none` keeps them for ever.",
  }),

  "plugin-path": option(paths(), {
    default: [],
    group: "plugins",
    readers: openPlugins,
    doc: "Folders of plugins: programs may name one of theirs without a path, and the API offers what lies there.",
  }),
  "plugin-signatures": option(choice(["any", "signed"]), {
    default: "any",
    group: "plugins",
    readers: openPlugins,
    doc: "`signed` refuses plugins that no trusted key has signed.",
  }),
  "trusted-keys": optional(
    paths((item) => /^RW[0-9A-Za-z+/]{54}$/.test(item)),
    {
      group: "plugins",
      readers: openPlugins,
      defaultText: "the folder `trusted-keys` of the home",
      doc: "Whose signatures count: files of public keys, folders of `.pub` files, or keys themselves.",
    },
  ),
  "signing-password": optional(anything, {
    group: "plugins",
    readers: ["cli"],
    secret: "all",
    doc: "The password of the key that `coppice plugin sign` signs with.",
  }),
  strict: option(yesOrNo, {
    default: false,
    group: "plugins",
    readers: openPlugins,
    doc: "Refuse to run plugins where one of the operating system's walls is missing.",
  }),
  jail: option(choice(["best", "bubblewrap", "namespaces", "none"]), {
    default: "best",
    group: "plugins",
    readers: openPlugins,
    doc: "The operating system's jail around plugins: the best that works here, one of them, or none.",
  }),
  engine: optional(choice(["quickjs", "isolated-vm"]), {
    group: "plugins",
    readers: openPlugins,
    defaultText: "by the plugin's tier",
    doc: "The JavaScript engine that plugins run on; for tests.",
  }),
  "private-networks": option(list({ name: "networks, parted by commas", check: expectNetwork }), {
    default: [],
    group: "plugins",
    readers: ["worker", "cli"],
    doc: "Private networks that names may lead plugins into, and that users' addresses (poll_url, webhook hooks) may lie in. Metadata addresses stay refused.",
  }),
  proxy: optional(url(["http", "https"], "http://proxy.example.org:3128"), {
    group: "plugins",
    readers: ["worker", "cli"],
    secret: "password",
    doc: "Plugins' HTTP goes through this proxy, except to loopback. Names are looked up here; the proxy is told the address.",
  }),
  "no-proxy": option(list({ name: "hosts, parted by commas", lower: true }), {
    default: [],
    group: "plugins",
    readers: ["worker", "cli"],
    doc: "Hosts, `.domains` and networks that plugins reach without the proxy.",
  }),
  "plugin-requests-per-second": option(count({ least: 1, most: 999_999_999_999 }), {
    default: 1000,
    group: "plugins",
    readers: ["worker", "cli"],
    doc: "Requests of one plugin in one project; more wait for their turn.",
  }),
  "plugin-stream-bytes": option(size({ least: 1, most: 1024 ** 4 }), {
    default: 256 * 1024 ** 2,
    group: "plugins",
    readers: ["worker", "cli"],
    doc: "What one stream of a plugin may carry.",
  }),
  "jail-commands": option(yesOrNo, {
    default: false,
    group: "plugins",
    readers: ["worker", "cli"],
    doc: "Put commands of plugins that ask for no jail into one all the same: without network, with the system's programs alone.",
  }),
  "metrics-port": optional(port, {
    group: "plugins",
    readers: ["worker"],
    doc: "Where a worker answers Prometheus, at `/metrics`, on this machine alone: its process, the plugin host, and what plugins count.",
  }),
  "ssh-known-hosts": optional(path, {
    group: "plugins",
    readers: ["worker", "cli"],
    doc: "A file of host keys for plugins' ssh, in the form of `known_hosts`.",
  }),
  credentials: optional(path, {
    group: "plugins",
    readers: ["worker", "cli"],
    doc: "A file of cloud credentials, with which the worker signs plugins' requests ([its form](cli.md#what-plugins-may-reach)).",
  }),

  "secret-env": option(list({ name: "names, parted by commas" }), {
    default: [],
    group: "secrets",
    readers: ["api", "worker", "up", "cli"],
    doc: "Environment variables that programs may name as secrets.",
  }),
  "secret-dir": optional(path, {
    group: "secrets",
    readers: ["api", "worker", "cli"],
    doc: "A folder whose files programs may name as secrets.",
  }),
};

export type OptionName = keyof typeof options;
export type OptionValue<Name extends OptionName> = (typeof options)[Name] extends Option<infer T> ? T : never;

/** The names of all options, in the order of the documentation. */
export const optionNames = Object.keys(options) as OptionName[];

/** An option by its name, whatever its type. */
export function optionOf(name: OptionName): Option<unknown> {
  return options[name] as Option<unknown>; // a kind shows what it has parsed itself
}

/** The environment variable of an option: `COPPICE_API_PORT`. */
export function variableOf(name: OptionName): string {
  return optionOf(name).variable ?? `COPPICE_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** Whether a file may be named that holds the value: `keystone-password-file`, `COPPICE_KEYSTONE_PASSWORD_FILE`. */
export function hasFileForm(name: OptionName): boolean {
  return optionOf(name).secret !== undefined;
}

/** Whether the value itself may stand on a command line. */
export function hasFlag(name: OptionName): boolean {
  return optionOf(name).secret === undefined;
}

function expectNetwork(item: string): void {
  const [, address = "", bits = ""] = /^(.*)\/(\d{1,3})$/.exec(item) ?? [];
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits === "" || Number(bits) > most)
    throw new BadValue("is not a list of networks", "write networks parted by commas: 10.0.0.0/8,fd00::/8");
}
