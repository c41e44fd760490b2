import type { PluginResolver } from "../../../grammar/check/declarations/plugins.ts";
import type { PluginSchema } from "../../../grammar/plugin-schema.ts";

/** A driver of containers: every kind of property, a required one, bounds, a pattern, operations with arguments. */
const docker: PluginSchema = {
  name: "docker",
  version: "1.2.0",
  contract: 1,
  tier: "sandboxed",
  hash: "d".repeat(64),
  needs: [{ capability: "socket", why: "talks to the Docker engine" }],
  settings: { socket: { type: "String", default: "/var/run/docker.sock" } },
  functions: {},
  events: {
    died: {
      doc: "A container ended by itself.",
      fields: { container: { type: "String", required: true }, exit_code: { type: "Int" } },
    },
    pulled: { fields: { image: { type: "String", required: true } } },
  },
  profiles: {
    container: {
      properties: {
        image: { type: "String", required: true, updatable: true, pattern: "[a-z0-9/._:-]+" },
        memory: { type: "Size", default: 268435456, minimum: 6291456, maximum: 68719476736, updatable: true },
        restart: { type: "String", values: ["no", "always", "on-failure"], default: "no" },
        zone: { type: "String", default: "a" },
        password: { type: "Secret", updatable: true },
        passwords: { type: "Map", of: { type: "Secret" } },
        ram: { type: "Size", updatable: true, deprecated: { use: "memory", why: "too short a word" } },
        ports: { type: "List", of: { type: "Int", minimum: 1, maximum: 65535 } },
        environment: { type: "Map", of: { type: "String" } },
        health: {
          type: "Record",
          fields: { command: { type: "String", required: true }, every: { type: "Duration", default: 5000 } },
        },
      },
      operations: {
        create: {},
        delete: {},
        get: {},
        find: {},
        update: {},
        reboot: { deprecated: { use: "restart", why: "it is the same" } },
        restart: { arguments: { grace: { type: "Duration", minimum: 0 } } },
        execute: {
          arguments: { command: { type: "List", of: { type: "String" }, required: true } },
          result: { type: "String" },
        },
      },
    },
    fixed: {
      properties: { flavor: { type: "String", required: true } },
      operations: { create: {}, delete: {} },
    },
  },
};

/** A plugin without profiles, of the tier that runs commands. */
const shell: PluginSchema = {
  name: "shell",
  version: "0.1.0",
  contract: 1,
  tier: "commands",
  hash: "5".repeat(64),
  needs: [{ capability: "command", target: "/bin/sh", why: "runs the scripts" }],
  settings: {},
  profiles: {},
  functions: {
    run: {
      arguments: {
        script: { type: "String", required: true },
        arguments: { type: "List", of: { type: "String" } },
      },
      result: { type: "Any" },
    },
    notify: { arguments: { message: { type: "String", required: true } } },
  },
};

/** One of every kind of thing that isn't a profile type or a function. */
const kit: PluginSchema = {
  name: "kit",
  version: "1.0.0",
  contract: 1,
  tier: "pure",
  hash: "e".repeat(64),
  needs: [],
  settings: { token: { type: "Secret" } },
  profiles: {},
  functions: {},
  policies: {
    keep: {
      doc: "Keeps a part of the nodes.",
      arguments: {
        least: { type: "Percent", default: 50, minimum: 0, maximum: 100 },
        of: { type: "String", required: true },
        password: { type: "Secret" },
      },
      before: ["CLUSTER_SCALE_IN"],
    },
    balance: { attaches: true, after: ["CLUSTER_CREATE"], priority: 90 },
  },
  notifiers: {
    room: { doc: "Tells a room of people.", arguments: { name: { type: "String", required: true } } },
  },
  coordination: { locks: {} },
  secret_stores: { drawer: { doc: "Where keys are kept." } },
};

const plugins: Readonly<Record<string, PluginSchema>> = {
  "./docker": docker,
  "./locked-docker": { ...docker, granted: ['socket "/run/docker.sock"'] },
  "./shell": shell,
  "./kit": kit,
};

/** Finds the fixture plugins `./docker`, the same as a lock lets it in, `./shell` and `./kit`. */
export const resolveFixture: PluginResolver = (path) =>
  plugins[path] ?? {
    error: `there is no folder ${path}`,
    help: "write the path of a plugin, relative to this file",
  };
