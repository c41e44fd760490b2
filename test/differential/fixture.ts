import { loadLibrary } from "../../engine/actions/load-library.ts";
import { compileProgram } from "../../grammar/compile.ts";
import type { Plan } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import { type Scenario, textOf } from "./scenario.ts";

const text = { type: "String", required: true } as const;
const balancer = { type: "Record", fields: { id: text, pool: text, vip_address: text } } as const;

/** A plugin with some of everything that generated programs call. */
export const schema: PluginSchema = {
  name: "fake",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  hash: "d".repeat(64),
  needs: [],
  settings: {},
  profiles: {
    server: {
      properties: {
        image: { type: "String", required: true, updatable: true },
        weight: { type: "Int", default: 1, updatable: true },
        zone: { type: "String", default: "here" },
        password: { type: "Secret", updatable: true },
        tags: { type: "Map", of: { type: "Int" }, updatable: true },
      },
      operations: {
        create: {},
        delete: {},
        get: {},
        find: {},
        update: {},
        start: {},
        stop: {},
        measure: {
          arguments: { what: { type: "String", required: true } },
          result: { type: "Int" },
        },
      },
    },
  },
  functions: {
    note: { arguments: { text } },
    ask: { arguments: { text }, result: { type: "Int" } },
    login: { arguments: { token: { type: "Secret", required: true }, text }, result: { type: "Int" } },
    // what the library's policies ask for
    balancer_create: { arguments: { name: text }, result: balancer },
    balancer_find: { arguments: { name: text }, result: { type: "List", of: balancer } },
    balancer_delete: { arguments: { id: text } },
    member_add: { arguments: { pool: text, server: text }, result: text },
    member_remove: { arguments: { pool: text, member: text } },
  },
  events: {
    gone: { fields: { server: { type: "String", required: true }, count: { type: "Int" } } },
  },
};

export const schemas: ReadonlyMap<string, PluginSchema> = new Map([[schema.hash, schema]]);

/** The plan of a scenario's program; the mistakes when it does not compile. */
export function planOf(
  scenario: Pick<Scenario, "pieces" | "imported">,
): { readonly plan: Plan } | { readonly mistakes: string } {
  const text = textOf(scenario.pieces);
  const imported = textOf(scenario.imported ?? []);
  const { plan, diagnostics } = compileProgram({
    path: "generated.coppice",
    text,
    library: loadLibrary(),
    plugins: () => schema,
    sources: () => ({ path: "shared.coppice", text: imported }),
  });
  if (plan !== null) return { plan };
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const lines = errors.map(({ code, message, span, file }) => {
    const source = file === 1 ? imported : text;
    const line = source.slice(0, span.start).split("\n").length;
    return `${line}: ${code}: ${message}: ${source.split("\n")[line - 1]?.trim()}`;
  });
  return { mistakes: lines.join("\n") };
}
