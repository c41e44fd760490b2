// `npm run docs`: writes the pages of docs that are made from code.
import { writeFileSync } from "node:fs";
import { functionsPage } from "./functions-page.ts";

writeFileSync(new URL("../docs/functions.md", import.meta.url), functionsPage());
