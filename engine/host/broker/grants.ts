import type { Capability as CapabilityName } from "../../../plugins/sdk/manifest.ts";
import { HostFailure } from "../plugin-host.ts";
import type { BrokerCall } from "./broker-call.ts";

/**
 * Passes when the manifest asks for the capability and the program allows it, both for this target. `matches` compares
 * a written target with the wanted one; equality when left out.
 */
export function requireGrant(
  call: BrokerCall,
  capability: CapabilityName,
  target: string | null,
  matches: (written: string) => boolean = (written) => written === target,
): void {
  const { manifest } = call;
  const shown = target === null ? capability : `${capability} ${JSON.stringify(target)}`;
  const needed = manifest.needs.some(
    (n) => n.capability === capability && (n.target === undefined || matches(n.target)),
  );
  if (!needed)
    throw new HostFailure(`plugin ${manifest.name} used ${shown}, which its manifest doesn't ask for`, {
      code: "not-granted",
      retryable: false,
      help: `the plugin's author adds { "capability": "${capability}", "why": … } to needs in plugin.json`,
    });
  const granted = call.grants.some(
    (g) => g.capability === capability && (target === null || (g.target !== null && matches(g.target))),
  );
  if (!granted)
    throw new HostFailure(`plugin ${manifest.name} may not use ${shown}`, {
      code: "not-granted",
      retryable: false,
      help: `if it should, add this line to its block in the program: allow ${shown}`,
    });
}
