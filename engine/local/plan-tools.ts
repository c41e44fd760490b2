import type { Plan } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import type { WatchTools } from "../worker/watch.ts";
import { type LocalStore, localProject } from "./local-store.ts";

/** What driver calls need to know of a plan's plugins and of profiles in memory; `schemas` by plugin hash. */
export function planTools(
  plan: Plan,
  schemas: ReadonlyMap<string, PluginSchema>,
  store: LocalStore,
): Pick<WatchTools, "updatable" | "plugin" | "clusterPlugin" | "profile"> {
  return {
    async updatable(hash, profile) {
      const properties = Object.entries(schemas.get(hash)?.profiles[profile]?.properties ?? {});
      return new Set(properties.filter(([, schema]) => schema.updatable === true).map(([name]) => name));
    },
    async plugin({ plugin }) {
      const use = plan.plugins[plugin];
      return use === undefined ? null : { use, projectId: localProject };
    },
    async clusterPlugin({ clusterId }) {
      const profile = store.profile(store.cluster(clusterId)?.profileId ?? "");
      if (profile === undefined) return null;
      const { pluginHash: hash, grants, settings } = profile;
      return { use: { hash, grants, settings }, projectId: localProject };
    },
    async profile({ profileId }) {
      const found = store.profile(profileId);
      if (found === undefined) return undefined;
      return { id: profileId, type: found.type, plugin_hash: found.pluginHash, properties: found.properties };
    },
  };
}
