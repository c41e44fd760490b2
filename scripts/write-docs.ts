// `npm run docs`: writes the pages of docs that are made from code.
import { writeFileSync } from "node:fs";
import { functionsPage } from "./functions-page.ts";
import { grammarPage } from "./grammar-page.ts";

writeFileSync(new URL("../docs/functions.md", import.meta.url), functionsPage());
writeFileSync(new URL("../docs/grammar.md", import.meta.url), grammarPage());
