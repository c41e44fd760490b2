// `npm run docs`: writes the pages of docs and the schema and validators that are made from code.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { manifestSchema } from "../plugins/sdk/manifest-schema.ts";
import { configurationPage } from "./configuration-page.ts";
import { functionsPage } from "./functions-page.ts";
import { grammarPage } from "./grammar-page.ts";
import { schemaValidators, validatorSource } from "./schema-validators.ts";
import { senlinPage } from "./senlin-page.ts";
import { rulesPage } from "./rules-page.ts";

writeFileSync(new URL("../docs/configuration.md", import.meta.url), configurationPage());
writeFileSync(new URL("../docs/functions.md", import.meta.url), functionsPage());
writeFileSync(new URL("../docs/grammar.md", import.meta.url), grammarPage());
const senlin = new URL("../docs/senlin.md", import.meta.url);
writeFileSync(senlin, senlinPage(readFileSync(senlin, "utf8")));
writeFileSync(new URL("../docs/rules.md", import.meta.url), rulesPage());
const schema = fileURLToPath(new URL("../plugins/sdk/manifest.schema.json", import.meta.url));
writeFileSync(schema, JSON.stringify(manifestSchema, null, 2));
for (const validator of schemaValidators)
  writeFileSync(new URL(`../${validator.file}`, import.meta.url), validatorSource(validator));
execFileSync("biome", ["format", "--write", schema]);
