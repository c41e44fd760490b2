import type { Plan, PlanSecret } from "../../plan.ts";
import type { CheckedFile } from "../program.ts";
import { own } from "../symbols.ts";

/** Secrets of all files; those of a store know now how its plugin is used, which must not need the store itself. */
export function linkSecrets(
  files: readonly CheckedFile[],
  plugins: Plan["plugins"],
): Readonly<Record<string, PlanSecret>> {
  const stored = new Set(
    files.flatMap(({ secrets }) =>
      [...secrets].filter(([, { source }]) => source === "store").map(([name]) => name),
    ),
  );
  const linked: [string, PlanSecret][] = [];
  for (const { c, secrets } of files) {
    for (const [name, secret] of secrets) {
      if (secret.source !== "store") {
        linked.push([name, secret]);
        continue;
      }
      const { plugin, ...rest } = secret;
      const use = own(plugins, plugin);
      if (use === undefined) continue; // reported where it is declared
      const inner = secretsIn(use.settings).find((one) => stored.has(one));
      const span = c.symbols.secrets.get(name)?.span;
      if (inner !== undefined && span !== undefined)
        c.report("bad-secret", span, {
          problem: `plugin "${plugin}" is itself set with secret "${inner}", which comes from a store`,
          help: `take "${inner}" from env("NAME") or file("name")`,
        });
      const { hash, grants, settings } = use;
      linked.push([name, { ...rest, use: { name: use.name, hash, grants, settings } }]);
    }
  }
  return Object.fromEntries(linked);
}

/** Names of secrets whose handles stand in a value. */
function secretsIn(value: unknown): readonly string[] {
  if (value === null || typeof value !== "object") return [];
  const { $secret: name } = value as { readonly $secret?: unknown };
  return typeof name === "string" ? [name] : Object.values(value).flatMap(secretsIn);
}
