import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { root, runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const shop = `plugin fake from "${root}/plugins/fake" {
  allow state
  with { failures: [{ operation: "update", node: 2, message: "no such image", times: 1 }] }
}
profile web = fake.server { image: "web:1" }
cluster shop { profile: web  size: 2 in 1..10 }
action roll(cluster: Cluster<fake.server>, image: String) -> Int {
  for node in cluster.nodes {
    let old = node.profile.image
    node.update(image: image) undo node.update(image: old)
  }
  return cluster.nodes.count()
}
action ask() { approve "Shall I?" by operator  shop.scale_out(1) }
action dawdle() {
  try { wait 1h } ensure { emit "tidied" { nodes: shop.nodes.count() } }
}
action seen() -> Int {
  let servers = fake.servers()
  return servers.count() + shop.nodes.count() * 10
}
`;

function folder(): string {
  const made = temporaryFolder();
  writeFileSync(path.join(made, "shop.coppice"), shop);
  return made;
}

it("creates the clusters, runs the action with the real driver, and deletes what it made", async () => {
  const cwd = folder();
  const ran = await runCoppice(
    ["run", "--local", "shop.coppice", "CLUSTER_RESIZE", "cluster=shop", "size=4"],
    { cwd },
  );
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/^✔ CLUSTER_RESIZE shop succeeded in/);
  expect(ran.stderr).toContain("✔ CLUSTER_CREATE shop");
  expect(ran.stderr).toContain("2/2  create  standby.coppice");
  expect(ran.stderr).toContain("✔ CLUSTER_DELETE shop");
});

it("shows a failure at its line, after undoing", async () => {
  const ran = await runCoppice(["run", "--local", "shop.coppice", "roll", "cluster=shop", "image=web:2"], {
    cwd: folder(),
  });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain('node "shop-2": no such image');
  expect(ran.stdout).toContain("shop.coppice:10:5");
  expect(ran.stderr).toContain("✔ CLUSTER_DELETE shop");
});

it("keeps clusters and what plugins know in a state file", async () => {
  const cwd = folder();
  const local = (...args: string[]) =>
    runCoppice(["run", "--local", "shop.coppice", "--state", "state.json", ...args], { cwd });
  expect(await local("ask", "--yes")).toMatchObject({ code: 0 });
  const { clusters, nodes } = JSON.parse(readFileSync(path.join(cwd, "state.json"), "utf8"));
  expect(clusters).toMatchObject([{ name: "shop", size: 3, status: "ACTIVE" }]);
  expect(nodes).toHaveLength(3);
  const again = await local("seen");
  expect(again).toMatchObject({ code: 0, stderr: "" });
  expect(again.stdout).toContain("\n  33\n");
});

it("says no where nobody can be asked", async () => {
  const ran = await runCoppice(["run", "--local", "shop.coppice", "ask"], { cwd: folder() });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("there is no terminal to ask on; --yes answers with yes");
});

it("refuses what it can't run", async () => {
  const cwd = folder();
  const run = (...args: string[]) => runCoppice(["run", "--local", "shop.coppice", ...args], { cwd });
  expect(await run("rol")).toMatchObject({ code: 6 });
  expect(await run("roll", "cluster=shop")).toMatchObject({ code: 1 });
  writeFileSync(path.join(cwd, "shop.coppice"), `${shop}\naction broken() { nowhere() }`);
  const broken = await run("ask");
  expect(broken.code).toBe(3);
  expect(broken.stdout).toContain("error[unknown");
});

it("cancels on Ctrl-C, with ensure, and deletes what it made", async () => {
  const cwd = folder();
  const child = spawn(
    process.execPath,
    [path.join(root, "bin/main.mjs"), "run", "--local", "shop.coppice", "dawdle"],
    { cwd },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (more) => {
      text += more;
    });
  for (let tries = 0; tries < 600 && !text.includes("✔ CLUSTER_CREATE shop"); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 25));
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([1, null]);
  expect(text).toContain("dawdle was cancelled");
  expect(text).toContain("tidied  nodes=2");
  expect(text).toContain("✔ CLUSTER_DELETE shop");
});
