import path from "node:path";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { buildSync } from "esbuild";
import { lockSchema } from "../engine/plugins/lock/lock-schema.ts";
import { manifestSchema } from "../plugins/sdk/manifest-schema.ts";

const root = path.join(import.meta.dirname, "..");

/** What `coppice check` validates. Made ahead: loading Ajv and making a validator at run time took a sixth of its time. */
export const schemaValidators: readonly SchemaValidator[] = [
  {
    file: "plugins/sdk/manifest-validator.mjs",
    from: "manifest-schema.ts",
    schema: manifestSchema,
    says: true,
  },
  { file: "engine/plugins/lock/lock-validator.mjs", from: "lock-schema.ts", schema: lockSchema, says: false },
];

interface SchemaValidator {
  readonly file: string;
  /** Beside it, where the schema stands. */
  readonly from: string;
  readonly schema: object;
  /** Whether it says all that is wrong and where, or only that something is. */
  readonly says: boolean;
}

/** The source of one: what Ajv makes of the schema, with the few functions that it needs of Ajv. */
export function validatorSource({ from, schema, says }: SchemaValidator): string {
  const ajv = new Ajv({
    strict: false,
    allErrors: says,
    verbose: says,
    messages: says,
    code: { source: true, esm: true },
  });
  const { outputFiles } = buildSync({
    stdin: { contents: standalone.default(ajv, ajv.compile(schema)), resolveDir: root },
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["main"],
    legalComments: "none",
  });
  return `// Made by npm run docs from ${from}.\n${outputFiles[0]?.text}`;
}
