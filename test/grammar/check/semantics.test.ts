import { expect, it } from "vitest";
import type { Semantics } from "../../../grammar/check/semantics.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import { typeName } from "../../../grammar/types.ts";
import { resolveFixture } from "./fixture-plugins.ts";
import { fixtureSources } from "./fixture-sources.ts";
import { loadLibrary } from "../../../engine/actions/load-library.ts";

const text = `import "./parts/safety.coppice"
plugin docker from "./docker" { allow socket "/var/run/docker.sock" }
enum Tier { small, large }
record Report { tier: Tier }
secret word = env("WORD")
param pause: Duration = 5s
profile web = docker.container { image: "a", password: word }
cluster shop { profile: web  size: 3  policies: [careful(least: 3)] }
action roll(cluster: Cluster<docker.container>, tier: Tier = small) -> Report {
  for node in cluster.nodes { node.update(image: node.profile.image) node.restart(grace: pause) }
  let count = cluster.nodes.count(n => n.healthy)
  emit "done" { count: count, tier: Tier.large == tier }
  return Report { tier: tier }
}
action all() { shop.roll(tier: large) shop.resize(2) rest(Speed.slow) }
`;

function collect(program: string) {
  const references: string[] = [];
  const types = new Map<string, string>();
  const declared: string[] = [];
  const files = new Map([[0, program]]);
  const show = (file: number, span: { start: number; end: number }) =>
    (files.get(file) ?? "").slice(span.start, span.end);
  const semantics: Semantics = {
    declared: ({ file, name, kind, type }) => {
      if (file === 0) declared.push(`${kind} ${name}${type === null ? "" : `: ${typeName(type)}`}`);
    },
    reference: ({ file, span, kind, target }) => {
      if (file !== 0) return;
      const to = "builtin" in target ? target.builtin : `${target.file}@${show(target.file, target.span)}`;
      references.push(`${kind} ${show(0, span)} -> ${to}`);
    },
    typed: ({ file, span, type }) => {
      if (file === 0) types.set(show(0, span), typeName(type));
    },
  };
  const compiled = compileProgram({
    path: "main.coppice",
    text: program,
    library: loadLibrary(),
    plugins: resolveFixture,
    sources: fixtureSources("main.coppice"),
    semantics,
  });
  return { references, types, declared, compiled };
}

it("tells where names are declared", () => {
  const { references, compiled } = collect(text);
  expect(compiled.diagnostics).toEqual([]);
  for (const reference of [
    "plugin docker -> 0@docker",
    "profile-type container -> docker.container",
    "property image -> docker.container.image",
    "secret word -> 0@word",
    "profile web -> 0@web",
    "policy careful -> 1@",
    "enum Tier -> 0@Tier",
    "member small -> 0@small",
    "member large -> 0@large",
    "local node -> 0@node",
    "parameter cluster -> 0@cluster",
    "field nodes -> Cluster.nodes",
    "field healthy -> Node.healthy",
    "operation update -> Node.update",
    "operation restart -> docker.container.restart",
    "parameter grace -> docker.container.restart.grace",
    "function count -> List.count",
    "record Report -> 0@Report",
    "field tier -> 0@tier",
    "action roll -> 0@roll",
    "action resize -> CLUSTER_RESIZE",
    "cluster shop -> 0@shop",
    "param pause -> 0@pause",
  ])
    expect(references).toContain(reference);
});

it("tells the types of expressions, and what is declared", () => {
  const { types, declared } = collect(text);
  expect(types.get("cluster.nodes")).toBe("List<Node<docker.container>>");
  expect(types.get("node.profile.image")).toBe("String");
  expect(declared).toContain("local count: Int");
  expect(declared).toContain("parameter cluster: Cluster<docker.container>");
  expect(declared).toContain("local node: Node<docker.container>");
  expect(declared).toContain("member small: Tier");
  expect(declared).toContain("field tier: Tier");
});

it("goes on in broken programs", () => {
  const { references, types } = collect(
    text.replace('emit "done" { count: count,', 'emit "done" { count: cluster.,'),
  );
  expect(types.get("cluster")).toBe("Cluster<docker.container>");
  expect(references).toContain("action roll -> 0@roll");
});
