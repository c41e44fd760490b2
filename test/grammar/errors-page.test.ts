import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkCatalog } from "../../grammar/check/catalog.ts";
import { compileProgram } from "../../grammar/compile.ts";
import { catalog } from "../../grammar/diagnostics/catalog.ts";
import { parseProgram } from "../../grammar/parse.ts";
import { resolveFixture } from "./check/fixture-plugins.ts";
import { fixtureSources } from "./check/fixture-sources.ts";
import { loadLibrary } from "../../engine/actions/load-library.ts";

const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");

/** The page's sections by their code: the programs in it, the wrong one first. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [
      section.slice(0, section.indexOf("\n")),
      [...section.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language, text]) => ({ language, text })),
    ]),
);

/** They need `--set`, which no program shows: `params.test.ts` covers them. */
const ofTheCommandLine = ["bad-param-value", "unknown-param"];

/** What the page says that its fragments stand in. */
const declarations = [
  'plugin docker from "./docker" { allow socket "/var/run/docker.sock" }',
  'plugin shell from "./shell" { allow command "/bin/sh" }',
  'profile web = docker.container { image: "shop/web:1" }',
  "cluster shop { profile: web  size: 3 in 2..10 }",
  'action roll(cluster: Cluster, image: String) { emit "{cluster.name} {image}" }',
];
const opening = `action example(
  cluster: Cluster<docker.container>, node: Node<docker.container>, nodes: List<Node<docker.container>>, count: Int
) {
  emit "{cluster.name} {node.name} {nodes.count()} {count}"
`;

/** The whole program around a fragment: what it declares itself is left out. */
function program(fragment: string): string {
  const isDeclaration =
    /^(\/\/\/|(import|plugin|param|secret|enum|record|profile|cluster|policy|action|every|at|on|test) )/.test(
      fragment,
    );
  const around = declarations.filter((line) => !fragment.includes(line.split(/[ (]/, 2).join(" ")));
  return `${around.join("\n")}\n${isDeclaration ? fragment : `${opening}${fragment}}\n`}`;
}

function codesOf(text: string): string[] {
  const { diagnostics } = compileProgram({
    path: "example.coppice",
    text,
    library: loadLibrary(),
    plugins: resolveFixture,
    sources: fixtureSources("example.coppice"),
  });
  return [...new Set(diagnostics.map(({ code }) => code))];
}

it("has a section for each code, and none for another", () => {
  expect([...sections.keys()].sort()).toEqual(Object.keys(catalog).sort());
});

describe.each(Object.keys(catalog).filter((code) => !ofTheCommandLine.includes(code)))("%s", (code) => {
  const [wrong, right] = sections.get(code) ?? [];
  const isOfChecker = Object.hasOwn(checkCatalog, code);

  it("is what its wrong program gives, and nothing else", () => {
    const text = wrong?.text ?? "";
    if (isOfChecker) expect(codesOf(program(text))).toEqual([code]);
    else expect([...new Set(parseProgram(text).diagnostics.map((one) => one.code))]).toEqual([code]);
  });

  it("is gone from its right program", () => {
    const text = right?.text ?? "";
    expect(right?.language).toBe("coppice");
    if (isOfChecker) expect(codesOf(program(text))).toEqual([]);
    else expect(parseProgram(text).diagnostics).toEqual([]);
  });
});
