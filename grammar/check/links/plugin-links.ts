import type { Grant, PlanPlugin } from "../../plan.ts";
import type { Checker } from "../checker.ts";
import { type CheckedPlugin, reportMissingGrants } from "../declarations/plugins.ts";

/**
 * One plugin may be named in several files: their grants are united, one of them may say how it is set. The program's own
 * file comes last and says where the plugin lies; a permission that no file gives is reported there.
 */
export function linkPlugins(
  files: readonly { readonly c: Checker; readonly plugins: ReadonlyMap<string, CheckedPlugin> }[],
): Readonly<Record<string, PlanPlugin>> {
  const linked = new Map<string, CheckedPlugin & { readonly c: Checker }>();
  for (const { c, plugins } of files) {
    for (const [alias, plugin] of plugins) {
      const before = linked.get(alias);
      if (before !== undefined && before.schema.hash !== plugin.schema.hash) {
        const { span } = before.node.name;
        const note = { file: before.c.fileIndex, span, message: "another plugin has this name here" };
        c.reportWith({ notes: [note] }, "duplicate-name", plugin.node.name.span, { name: alias });
        continue;
      }
      linked.set(alias, before === undefined ? { ...plugin, c } : { ...united(c, before, plugin), c });
    }
  }
  for (const plugin of linked.values()) {
    if (plugin.clear) reportMissingGrants(plugin.c, plugin.node, plugin.schema, plugin.plan.grants);
  }
  return Object.fromEntries([...linked].map(([alias, { plan }]) => [alias, plan]));
}

function united(
  c: Checker,
  before: CheckedPlugin & { readonly c: Checker },
  plugin: CheckedPlugin,
): CheckedPlugin {
  const settings = before.node.settings === null ? plugin.plan.settings : before.plan.settings;
  if (before.node.settings !== null && plugin.node.settings !== null) {
    const note = { file: before.c.fileIndex, span: before.node.settings.span, message: "set here before" };
    c.reportWith({ notes: [note] }, "repeated-settings", plugin.node.settings.span, {
      plugin: plugin.node.name.text,
    });
  }
  const grants = distinctGrants([...before.plan.grants, ...plugin.plan.grants]);
  const node =
    plugin.node.settings === null ? { ...plugin.node, settings: before.node.settings } : plugin.node;
  return { ...plugin, node, clear: before.clear && plugin.clear, plan: { ...plugin.plan, grants, settings } };
}

function distinctGrants(grants: readonly Grant[]): readonly Grant[] {
  const byText = new Map(grants.map((grant) => [`${grant.capability} ${grant.target ?? ""}`, grant]));
  return [...byText.values()];
}
