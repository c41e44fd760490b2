import { type Check, CheckFailure } from "../check.ts";
import type { Workbench } from "../workbench.ts";
import { leakCheck } from "./leak.ts";

/** What is asked of a plugin as a whole, after everything else. */
export const pluginChecks: readonly Check<Workbench>[] = [
  leakCheck,
  {
    name: "needs-declared",
    title: "asks for nothing that its manifest doesn't name",
    proves: "what a plugin may do is decided from its manifest",
    async run({ subject, wire }) {
      const named: readonly string[] = subject.plugin.manifest.needs.map(({ capability }) => capability);
      const more = [...wire.used].filter((capability) => !named.includes(capability));
      if (more.length > 0)
        throw new CheckFailure(`it asked for ${more.join(", ")}, which plugin.json doesn't name under needs`);
    },
  },
];
