import { expect, it } from "vitest";
import { compileProgram } from "../../../../grammar/compile.ts";
import { resolveFixture } from "../fixture-plugins.ts";
import { loadLibrary } from "../../../../engine/actions/load-library.ts";

/** Codes of what the checker says of an action with this body. */
function codes(body: string): readonly string[] {
  const text = `plugin docker from "./docker" { allow socket "/var/run/docker.sock" }
profile web = docker.container { image: "shop/web:1" }
cluster shop { profile: web  size: 3 in 2..10 }
record Inner { text: String? }
record Reply { code: Int?  inner: Inner?  sure: Inner }
action look(r: Reply, cluster: Cluster<docker.container>) {
${body}
}
`;
  const { diagnostics } = compileProgram({
    path: "a.coppice",
    text,
    library: loadLibrary(),
    plugins: resolveFixture,
  });
  return diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
}

it.each([
  ["a field behind and", 'if r.code != none and r.code > 3 { emit "x" }'],
  ["a field in the block", 'if r.code != none { emit "x" { n: r.code + 1 } }'],
  ["a field behind or", 'if r.code == none or r.code > 3 { emit "x" }'],
  ["the rest of a block that ended otherwise", 'if r.code == none { return }\nemit "x" { n: r.code + 1 }'],
  [
    "a field of a field",
    'if r.inner != none and r.inner.text != none { emit "x" { t: r.inner.text.upper() } }',
  ],
  ["a field of a field that is there", 'if r.sure.text != none { emit "x" { t: r.sure.text.upper() } }'],
  ["a conditional", 'emit "x" { n: if r.code != none then r.code + 1 else 0 }'],
  [
    "a node's field within one expression",
    'emit "x" { n: cluster.nodes.count(n => n.physical_id != none and n.physical_id.length() > 3) }',
  ],
])("knows %s", (_, body) => {
  expect(codes(body)).toEqual([]);
});

it.each([
  ["the other branch", 'if r.code != none { emit "y" } else { emit "x" { n: r.code + 1 } }'],
  ["another field", 'if r.code != none { emit "x" { t: r.inner.text } }'],
  [
    "a node's field in a block: it may change there",
    'for n in cluster.nodes { if n.physical_id != none { n.update(image: "x")\nemit "x" { t: n.physical_id.upper() } } }',
  ],
  [
    "another value of the same name",
    'if r.code != none { let xs = [r].map(r => r.code + 1)\nemit "x" { xs: xs } }',
  ],
  ["a field behind or, where it may be none", 'if r.code != none or r.code > 3 { emit "x" }'],
])("doesn't believe %s", (_, body) => {
  expect(codes(body)).toContain("maybe-none");
});
