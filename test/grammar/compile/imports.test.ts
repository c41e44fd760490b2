import { describe, expect, it } from "vitest";
import { type Compiled, compileProgram } from "../../../grammar/compile.ts";
import { findImports } from "../../../grammar/imports.ts";
import { parseProgram } from "../../../grammar/parse.ts";
import { resolveFixture } from "../check/fixture-plugins.ts";
import { loadLibrary } from "../../../engine/actions/load-library.ts";

/** Compiles `main.coppice` of these files, by path. */
function compile(
  files: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>> = {},
): Compiled {
  return compileProgram({
    path: "main.coppice",
    text: files["main.coppice"] ?? "",
    library: loadLibrary(),
    plugins: resolveFixture,
    parameters,
    sources: ({ path, version }) => {
      const name = `${path.replace("./", "")}${version === null ? "" : `/${version}`}`;
      const text = files[name];
      return text === undefined ? { error: `there is no file ${name}` } : { path: name, text };
    },
  });
}

const codes = ({ diagnostics }: Compiled) => diagnostics.map(({ code, file = 0 }) => `${file} ${code}`);
const fleet = `plugin docker from "./docker" { allow socket "/var/run/docker.sock" }
profile web = docker.container { image: "shop/web:1" }
cluster shop { profile: web  size: 3  policies: [careful(least: 2)] }`;

describe("imports", () => {
  it("see what the imported file declares, and what that one imports", () => {
    const compiled = compile({
      "main.coppice": `import "./a"\n${fleet}\naction all(speed: Speed) { slow(speed) rest() emit "x" { pace: Pace { n: 1 } } }`,
      a: 'import "./b"\naction slow(speed: Speed) { rest() emit "{speed}" }\npolicy careful(least: Int) { before resize { deny "no" when request.remaining < least } }',
      b: "enum Speed { slow, fast }\nrecord Pace { n: Int }\naction rest() { wait 1s }",
    });
    expect(codes(compiled)).toEqual([]);
    const { plan } = compiled;
    expect(compiled.files.map(({ path }) => path)).toEqual(["main.coppice", "a", "b"]);
    expect(plan?.files.slice(0, 4).map(({ path }) => path)).toEqual([
      "main.coppice",
      "a",
      "b",
      expect.stringMatching(/^workflows\/library\//),
    ]);
    for (const action of ["all", "slow", "rest", "CLUSTER_RESIZE"]) {
      const at = plan?.actions[action]?.at;
      expect(plan?.files[at?.file ?? 0]?.lines[at?.line ?? 0]).toContain(`action ${action}`);
    }
    expect(plan?.clusters["shop"]?.policies[0]?.policy).toBe("careful");
  });

  it("show nothing of a file that isn't imported, though another file imports it", () => {
    const files = {
      "main.coppice": 'import "./a"\nimport "./b"\naction all() { first() second() }',
      a: "action first() { wait 1s }",
      b: "action second() { first() }",
    };
    expect(codes(compile(files))).toEqual(["2 unknown-action"]);
  });

  it("compile a file once, however many import it, and accept a diamond", () => {
    const compiled = compile({
      "main.coppice": 'import "./a"\nimport "./b"\naction all() { first() second() third() }',
      a: 'import "./c"\naction first() { third() }',
      b: 'import "./c"\naction second() { third() }',
      c: "action third() { wait 1s }",
    });
    expect(codes(compiled)).toEqual([]);
    expect(compiled.files.map(({ path }) => path)).toEqual(["main.coppice", "a", "c", "b"]);
  });

  it("give diagnostics of imported files their file, behind the program's own", () => {
    const compiled = compile({
      "main.coppice": 'import "./a"\naction all() { first() }\naction b() { nothing() }',
      a: "action first() { nowhere() }\naction second( { }",
    });
    const found = codes(compiled);
    expect(found[0]).toBe("0 unknown-action");
    expect(found).toContain("1 unknown-action");
    expect(found.at(-1)?.startsWith("1 ")).toBe(true);
    expect(compiled.plan).toBeNull();
  });

  it("find circles of calls over files, once, in the file where the circle closes", () => {
    const compiled = compile({
      "main.coppice": `import "./a"\n${fleet.replace("careful(least: 2)", "loop")}\naction all() { shop.resize(2) }`,
      a: "policy loop { before resize { batch 1 } }\naction one(cluster: Cluster) { two(cluster) }\naction two(cluster: Cluster) { one(cluster) }",
    });
    expect(codes(compiled)).toEqual(["1 recursion"]);
  });

  it("take a version into account, and params from --set", () => {
    const files = {
      "main.coppice": 'import "./safety" version "1.2"\naction all() { rest() }',
      "safety/1.2": "param pause: Duration in 1s..1m = 5s\naction rest() { wait pause }",
    };
    expect(codes(compile(files))).toEqual([]);
    expect(JSON.stringify(compile(files, { pause: "7s" }).plan?.actions["rest"]?.body)).toContain("7000");
    expect(codes(compile(files, { pause: "2m" }))).toEqual(["1 out-of-range"]);
    expect(codes(compile(files, { puase: "2m" }))).toEqual(["0 unknown-param"]);
  });

  it("unite what several files allow one plugin, and say once what is missing", () => {
    const library =
      'plugin docker from "./docker"\naction look(cluster: Cluster<docker.container>) { cluster.check() }';
    const granted = compile({
      "main.coppice": `import "./a"\n${fleet.replace("careful(least: 2)", "")}\naction all() { look(shop) }`,
      a: library,
    });
    expect(codes(granted)).toEqual([]);
    expect(granted.plan?.plugins["docker"]?.grants).toEqual([
      { capability: "socket", target: "/var/run/docker.sock" },
    ]);
    const missing = compile({
      "main.coppice": 'import "./a"\naction all(cluster: Cluster<docker.container>) { look(cluster) }',
      a: library,
    });
    expect(codes(missing)).toEqual(["1 missing-grant"]);
  });

  it("refuse another plugin under the same name", () => {
    const compiled = compile({
      "main.coppice":
        'import "./a"\nplugin docker from "./shell" { allow command "/bin/sh" }\naction all() { look() }',
      a: 'plugin docker from "./docker" { allow socket "/x" }\naction look() { wait 1s }',
    });
    expect(codes(compiled)).toEqual(["0 duplicate-name"]);
    expect(compiled.diagnostics[0]?.notes?.[0]?.file).toBe(1);
  });

  it("end, however long the chain and however wide the circle", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `f${index}`,
        `import "./f${index + 1}"\naction a${index}() { wait 1s }`,
      ]),
    );
    const compiled = compile({ ...chain, f300: "", "main.coppice": 'import "./f0"\naction all() { a0() }' });
    expect(compiled.plan).toBeNull();
    expect(compiled.diagnostics.map(({ code }) => code)).toEqual(["bad-import"]);
  });

  it("leave out the tests of imported files", () => {
    const compiled = compile({
      "main.coppice": 'import "./a"\naction all() { rest() }\ntest "mine" { run all() }',
      a: 'action rest() { wait 1s }\ntest "theirs" { run rest() }',
    });
    expect(codes(compiled)).toEqual([]);
    expect(compiled.tests.map(({ name }) => name)).toEqual(["mine"]);
  });
});

it("finds the imports of a program", () => {
  const { program } = parseProgram('import "./a.coppice"\nimport "./libs/safety" version "1.2"');
  expect(findImports(program).map(({ path, version }) => [path, version])).toEqual([
    ["./a.coppice", null],
    ["./libs/safety", "1.2"],
  ]);
});
