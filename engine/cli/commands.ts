import type { Command } from "commander";

/** A command's file is loaded only when it is asked for: `coppice check` must not wait for `coppice up`'s code. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import("./commands/up.ts")).upCommand(),
  down: async () => (await import("./commands/down.ts")).downCommand(),
  status: async () => (await import("./commands/status.ts")).statusCommand(),
  demo: async () => (await import("./commands/demo.ts")).demoCommand(),
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand(),
  check: async () => (await import("./commands/check.ts")).checkCommand(),
  fmt: async () => (await import("./commands/fmt.ts")).fmtCommand(),
  "language-server": async () => (await import("./commands/language-server.ts")).languageServerCommand(),
  plan: async () => (await import("./commands/plan.ts")).planCommand(),
  apply: async () => (await import("./commands/apply.ts")).applyCommand(),
  run: async () => (await import("./commands/run.ts")).runCommand(),
  import: async () => (await import("./commands/import.ts")).importCommand(),
  approvals: async () => (await import("./commands/approvals.ts")).approvalsCommand(),
  approve: async () => (await import("./commands/approve.ts")).approveCommand(),
  cancel: async () => (await import("./commands/cancel.ts")).cancelCommand(),
  ls: async () => (await import("./commands/ls.ts")).lsCommand(),
  show: async () => (await import("./commands/show.ts")).showCommand(),
  events: async () => (await import("./commands/events.ts")).eventsCommand(),
  plugin: async () => (await import("./commands/plugin.ts")).pluginCommand(),
  api: async () => (await import("./commands/api.ts")).apiCommand(),
  worker: async () => (await import("./commands/worker.ts")).workerCommand(),
  db: async () => (await import("./commands/db.ts")).dbCommand(),
};
