import { suggest } from "../../diagnostics/suggest.ts";
import type { PlanProfile } from "../../plan.ts";
import type { ProfileNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import { own, profileTypeOf } from "../symbols.ts";
import { useSymbol } from "../uses.ts";
import { checkConstantProperties } from "./plugins.ts";

/** `docker.container`, when the profile's plugin and type are known; reports what isn't. */
export function resolveProfileType(c: Checker, node: ProfileNode): string | null {
  const alias = node.plugin.text;
  const plugin = c.symbols.plugins.get(alias);
  if (plugin === undefined) {
    const near = suggest(alias, c.symbols.plugins.keys());
    if (alias !== "") {
      c.reportNear(near, "unknown-name", node.plugin.span, {
        name: alias,
        why: "no plugin of this name",
        help: near === undefined ? `load it: \`plugin ${alias} from "../…"\`` : `did you mean "${near}"?`,
      });
    }
    return null;
  }
  const name = node.type.text;
  useSymbol(c, { span: node.plugin.span, kind: "plugin", name: alias, symbol: plugin });
  if (plugin.schema === null || name === "") return null;
  if (own(plugin.schema.profiles, name) !== undefined) {
    c.refer(node.type.span, "profile-type", { builtin: `${alias}.${name}` });
    return `${alias}.${name}`;
  }
  const names = Object.keys(plugin.schema.profiles);
  const near = suggest(name, names);
  c.reportNear(near, "unknown-profile-type", node.type.span, {
    plugin: alias,
    name,
    names,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
  return null;
}

/** Checks a profile's properties against its plugin; `null` where its type isn't known, which has been reported. */
export function checkProfile(c: Checker, node: ProfileNode): PlanProfile | null {
  const profile = c.symbols.profiles.get(node.name.text)?.profile ?? null;
  const schema = profile === null ? undefined : profileTypeOf(c.symbols, profile);
  if (schema === undefined) return null;
  return {
    plugin: node.plugin.text,
    type: node.type.text,
    properties: checkConstantProperties(c, node.properties, schema.properties, {
      of: `profile "${node.name.text}"`,
      span: node.name.span,
      builtin: profile ?? "",
    }),
    at: c.position(node.span),
  };
}
