import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { root, runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const program = (tests: string) => `plugin fake from "${root}/plugins/fake" {
  allow state
}
profile web = fake.server { image: "web:1" }
cluster shop { profile: web  size: 3 in 1..10 }
action roll(cluster: Cluster<fake.server>, image: String) {
  for node in cluster.nodes {
    if image == "" {
      fail "no image"
    }
    node.update(image: image)
  }
}
${tests}`;

const good = `test "all nodes are rolled" {
  run roll(shop, image: "web:2")
  expect shop.nodes.all(n => n.profile.image == "web:2")
}
`;
const bad = `test "nothing & <nobody>" {
  run roll(shop, image: "web:2")
  expect calls.count() == 4
}
`;

/** A folder with these programs, by name. */
function folderWith(programs: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(programs)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

describe("coppice test", () => {
  it("finds the programs with tests in a folder, and tells of each test", async () => {
    const cwd = folderWith({
      "a.coppice": program(good),
      "deep/b.coppice": program(good),
      "none.coppice": "this is no program, and has no test",
      "node_modules/c.coppice": program(bad),
    });
    const ran = await runCoppice(["test"], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout.replace(/in \d+ ms/, "in 9 ms")).toBe(
      "a.coppice\n  ✔ all nodes are rolled\ndeep/b.coppice\n  ✔ all nodes are rolled\n2 passed in 9 ms\n",
    );
  });

  it("shows a failing expectation with its line, both sides, and the calls", async () => {
    const cwd = folderWith({ "a.coppice": program(good + bad) });
    const ran = await runCoppice(["test", "a.coppice"], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("  ✔ all nodes are rolled\n  ✘ nothing & <nobody>\n");
    expect(ran.stdout).toContain(`    error[expectation-failed]: this does not hold
       --> a.coppice:20:3
    20 |   expect calls.count() == 4
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^
      left:  3
      right: 4

    calls of the last run:
          0s  shop-1.update(image: "web:2")`);
    expect(ran.stdout).toMatch(/\n1 passed, 1 failed in \d+ ms\n$/);
  });

  it("ends with 3 for a program with errors, and still runs the others", async () => {
    const cwd = folderWith({
      "a.coppice": `${program(good)}\naction oops() { nowhere() }\n`,
      "b.coppice": program(good),
    });
    const ran = await runCoppice(["test"], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain("a.coppice\n  error[unknown");
    expect(ran.stdout).toContain("b.coppice\n  ✔ all nodes");
    expect(ran.stdout).toMatch(/1 passed, 1 program has errors in/);
  });

  it("ends with 6 where there is nothing to test", async () => {
    const cwd = folderWith({ "a.coppice": program(good) });
    const none = await runCoppice(["test", "--filter", "no such"], { cwd });
    expect(none).toMatchObject({ code: 6, stderr: 'There is no test whose name has "no such".\n' });
    expect(await runCoppice(["test", "nowhere"], { cwd })).toMatchObject({ code: 6 });
  });

  it("prints TAP", async () => {
    const cwd = folderWith({ "a.coppice": program(good + bad) });
    const ran = await runCoppice(["test", "--tap"], { cwd });
    expect(ran.code).toBe(1);
    const lines = ran.stdout.split("\n");
    expect(lines.slice(0, 6)).toEqual([
      "TAP version 14",
      "1..2",
      "ok 1 - a.coppice: all nodes are rolled",
      "not ok 2 - a.coppice: nothing & <nobody>",
      "  ---",
      '  at: "a.coppice:20"',
    ]);
    expect(lines.slice(6, -2).every((line) => line === "" || line.startsWith("  "))).toBe(true);
    expect(lines.at(-2)).toBe("  ...");
  });

  it("writes JUnit's XML beside its report", async () => {
    const cwd = folderWith({ "a.coppice": program(good + bad) });
    const ran = await runCoppice(["test", "--junit", "out.xml"], { cwd });
    expect(ran.stdout).toContain("1 failed");
    const xml = readFileSync(path.join(cwd, "out.xml"), "utf8");
    expect(xml).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="coppice" tests="2" failures="1" errors="0"/,
    );
    expect(xml).toContain(
      '<testcase name="nothing &amp; &lt;nobody&gt;" classname="a.coppice" file="a.coppice" line="18"',
    );
    expect(xml).toContain('<failure message="line 20: this does not hold" type="expectation-failed">');
    expect(xml.match(/<(\w+)[^>]*[^/]>/g)?.length).toBe(xml.match(/<\/\w+>/g)?.length);
  });

  it("prints one JSON document", async () => {
    const cwd = folderWith({ "a.coppice": program(good + bad) });
    const ran = await runCoppice(["test", "--json", "--coverage"], { cwd });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: false,
      files: [
        {
          path: "a.coppice",
          tests: [
            { name: "all nodes are rolled", case: null, line: 14, ok: true, problems: [] },
            {
              ok: false,
              problems: [{ code: "expectation-failed", line: 20, details: ["left:  3", "right: 4"] }],
            },
          ],
        },
      ],
      coverage: [{ path: "a.coppice", uncoveredLines: [9], statements: { covered: 3, total: 4 } }],
    });
  });

  it("tells what no test runs, and fails below what was asked for", async () => {
    const cwd = folderWith({ "a.coppice": program(good) });
    const ran = await runCoppice(["test", "--coverage-min", "75"], { cwd });
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/a\.coppice +75 % +50 % +9 +branches: 8\n/);
    const strict = await runCoppice(["test", "--coverage-min", "80%"], { cwd });
    expect(strict.code).toBe(1);
    expect(strict.stderr).toContain("75.0 % of the statements are covered, fewer than the 80 % asked for");
  });

  it("runs again when a program changes", async () => {
    const cwd = folderWith({ "a.coppice": program(bad) });
    const child = spawn(process.execPath, [path.join(root, "bin/main.mjs"), "test", "--watch"], { cwd });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (more) => {
      text += more;
    });
    child.stderr.setEncoding("utf8").on("data", (more) => {
      text += more;
    });
    const until = async (part: RegExp) => {
      for (let tries = 0; tries < 400 && !part.test(text); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 25));
      expect(text).toMatch(part);
    };
    try {
      await until(/1 failed[\s\S]*waits for changes/);
      writeFileSync(path.join(cwd, "a.coppice"), program(good));
      await until(/waits for changes[\s\S]*1 passed[\s\S]*waits for changes/);
    } finally {
      child.kill("SIGINT");
    }
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
