/**
 * `npm run compare`: makes each of six mistakes in each of the texts of `docs/compare`, asks each system's own checker, and
 * writes what it said to `docs/compare/said.md`. Needs npm and PyPI; what it installs goes to `.cache/compare`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { installCheckers, ownCheckers } from "./checkers.ts";
import { mistakes, type SystemName, systems, withMistake } from "./mistakes.ts";
import { linesOfCode, saidPage } from "./said-page.ts";

const folder = fileURLToPath(new URL("../../.cache/compare", import.meta.url));
const docs = new URL("../../docs/compare/", import.meta.url);
const checkers = { ...ownCheckers, ...installCheckers(folder) };
const names = Object.keys(systems) as SystemName[];
const texts = new Map(names.map((name) => [name, readFileSync(new URL(systems[name].file, docs), "utf8")]));

for (const name of names) {
  const said = checkers[name](texts.get(name) ?? "");
  if (said !== "") throw new Error(`${systems[name].file} is not right as it stands:\n${said}`);
  console.log(`${systems[name].title}: ${linesOfCode(texts.get(name) ?? "")} lines, right as it stands`);
}
const said = mistakes.map(({ title, made }) => {
  const answers = names.map((name): [SystemName, string | null] => {
    const replacement = made[name];
    return [
      name,
      replacement === null ? null : checkers[name](withMistake(texts.get(name) ?? "", replacement)),
    ];
  });
  return { title, answers: new Map(answers) };
});
writeFileSync(new URL("said.md", docs), saidPage(said));
console.log("docs/compare/said.md is written");
