import { suggest } from "../../diagnostics/suggest.ts";
import type { PluginSchema } from "../../plugin-schema.ts";
import type { Span } from "../../spans.ts";
import type { Checker } from "../checker.ts";
import { own } from "../symbols.ts";
import { useSymbol } from "../uses.ts";

const kinds = {
  policies: "policy type",
  secret_stores: "secret store",
  notifiers: "notifier",
  coordination: "coordination backend",
} as const;
export type ProvidedKind = keyof typeof kinds;

interface Named {
  readonly text: string;
  readonly span: Span;
}

/** What a plugin provides beside profile types and functions, by its name; `undefined` after a mistake, which is reported. */
export function providedBy<Kind extends ProvidedKind>(
  c: Checker,
  q: { readonly plugin: Named; readonly name: Named; readonly kind: Kind },
): NonNullable<PluginSchema[Kind]>[string] | undefined {
  const { plugin, name, kind } = q;
  const symbol = c.symbols.plugins.get(plugin.text);
  if (symbol === undefined) {
    const near = suggest(plugin.text, c.symbols.plugins.keys());
    c.reportNear(near, "unknown-name", plugin.span, {
      name: plugin.text,
      why: "no plugin of this name",
      help: near === undefined ? `declare it: \`plugin ${plugin.text} from "…"\`` : `did you mean "${near}"?`,
    });
    return undefined;
  }
  useSymbol(c, { span: plugin.span, kind: "plugin", name: plugin.text, symbol });
  if (symbol.schema === null || name.text === "") return undefined;
  const things = symbol.schema[kind] as Readonly<Record<string, NonNullable<PluginSchema[Kind]>[string]>>;
  const found = own(things, name.text);
  if (found !== undefined) {
    c.refer(name.span, "provided", { builtin: `${plugin.text}.${name.text}` });
    return found;
  }
  const names = Object.keys(things ?? {});
  const near = suggest(name.text, names);
  c.reportNear(near, "not-provided", name.span, {
    plugin: plugin.text,
    kind: kinds[kind],
    name: name.text,
    names,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
  return undefined;
}
