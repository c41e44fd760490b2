import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { schemaValidators, validatorSource } from "../../scripts/schema-validators.ts";

it.each(schemaValidators)("$file is made of its schema; npm run docs writes it", (validator) => {
  const written = readFileSync(path.join(import.meta.dirname, "../..", validator.file), "utf8");
  expect(written === validatorSource(validator), "run npm run docs").toBe(true); // too long to be shown
});
