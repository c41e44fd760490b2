import type { Manifest } from "../../plugins/sdk/manifest.ts";
import type { Output } from "./output.ts";

/** What a plugin offers and what it needs, for people. */
export function printManifest(manifest: Manifest, output: Output): void {
  const { bold, dim } = {
    bold: (text: string) => output.paint("bold", text),
    dim: (text: string) => output.paint("dim", text),
  };
  const tier =
    manifest.tier === "commands" ? output.paint("yellow", "runs commands on the host") : "sandboxed";
  output.line(`${bold(`${manifest.name} ${manifest.version}`)}  ${tier}`);
  output.line(manifest.description);
  for (const [name, profile] of Object.entries(manifest.profiles)) {
    output.line(`\nprofile ${bold(name)}${profile.doc ? `  ${dim(profile.doc)}` : ""}`);
    for (const [property, schema] of Object.entries(profile.properties)) {
      output.line(
        `  ${property}: ${schema.type}${schema.required ? "" : "?"}${schema.doc ? `  ${dim(schema.doc)}` : ""}`,
      );
    }
    output.line(`  operations: ${Object.keys(profile.operations).join(", ")}`);
  }
  for (const [name, schema] of Object.entries(manifest.functions)) {
    output.line(`\nfunction ${bold(name)}${schema.doc ? `  ${dim(schema.doc)}` : ""}`);
  }
  for (const [name, event] of Object.entries(manifest.events)) {
    const fields = Object.entries(event.fields).map(
      ([field, { type, required }]) => `${field}: ${type}${required ? "" : "?"}`,
    );
    output.line(`\nevent ${bold(name)}(${fields.join(", ")})${event.doc ? `  ${dim(event.doc)}` : ""}`);
  }
  if (manifest.needs.length > 0) output.line("\nneeds");
  for (const need of manifest.needs)
    output.line(`  allow ${need.capability}${need.target ? ` "${need.target}"` : ""}  ${dim(need.why)}`);
}
