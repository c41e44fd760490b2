import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoadedPlugin, loadPlugin } from "../../../engine/host/load-plugin.ts";

/** A plugin of one file for a test: what its manifest says, and the source of its default export's parts. */
export async function pluginFile(manifest: object, parts: string, top = ""): Promise<LoadedPlugin> {
  const head = {
    name: "probe",
    version: "1.0.0",
    contract: 1,
    tier: "sandboxed",
    entry: "./plugin.ts",
    description: "for a test",
    ...manifest,
  };
  const source = `/* plugin.json ${JSON.stringify(head)} */
import { accepted, DriverError, defineDriver } from "coppice/sdk";
void accepted; void DriverError;
${top}
export default defineDriver({ contract: 1, ${parts} });
`;
  const file = join(mkdtempSync(join(tmpdir(), "coppice-plugin-")), "plugin.ts");
  writeFileSync(file, source);
  return await loadPlugin(file);
}
