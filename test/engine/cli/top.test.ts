import { spawn, spawnSync } from "node:child_process";
import { once as event } from "node:events";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect, it } from "vitest";
import { renderTop, type TopView } from "../../../engine/cli/top/render-top.ts";
import type { ActionAnswer } from "../../../engine/cli/wire.ts";
import { startTestApi, tokenOf } from "../../support/api.ts";
import { makeProjectObjects } from "../../support/project-objects.ts";
import { root, runCoppice } from "../../support/run-coppice.ts";

const plain = { paint: (_: string, text: string) => text };
const clusters = ["web", "db", "cache"].map((name, index) => ({
  name,
  status: index === 2 ? "ERROR" : "ACTIVE",
  desired_capacity: 3,
  nodes: ["a", "b"],
  program: index === 0 ? "shop" : null,
  status_reason: index === 2 ? "node cache-1 is gone\nand more" : "fine",
}));
const action = (id: string, more: object) =>
  ({ id, action: "CLUSTER_RESIZE", target_name: "web", status: "READY", ...more }) as ActionAnswer;
const view: TopView = {
  url: "http://127.0.0.1:8778",
  clusters,
  actions: [
    action("0198-1", {}),
    action("0198-2", {
      status: "RUNNING",
      progress: { operation: "create", place: "shop.coppice:4", done: 12, total: 40 },
    }),
  ],
  trouble: null,
  at: new Date(2026, 0, 1, 12, 30, 1),
};

it("shows what has trouble and what runs first", () => {
  expect(`${renderTop(view, { columns: 100, rows: 30, output: plain }).join("\n")}\n`).toBe(
    `coppice top  http://127.0.0.1:8778  12:30:01  3 clusters  1 running  1 waiting

ACTION          TARGET  STATUS   DONE   STEP                   ID
CLUSTER_RESIZE  web     RUNNING  12/40  create shop.coppice:4  0198-2
CLUSTER_RESIZE  web     READY    -      -                      0198-1

CLUSTER  STATUS  NODES  PROGRAM  REASON
cache    ERROR   2/3    -        node cache-1 is gone
db       ACTIVE  2/3    -
web      ACTIVE  2/3    shop
`,
  );
});

it.each([1, 2, 5, 8, 10, 24])("fits a terminal of %d rows and forty columns", (rows) => {
  const many = {
    ...view,
    trouble: "no server answers",
    clusters: Array.from({ length: 200 }, (_, index) => ({ ...clusters[index % 3]!, name: `c-${index}` })),
  };
  const lines = renderTop(many, { columns: 40, rows, output: plain });
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  if (rows === 24) expect(lines.at(-1)).toMatch(/^… and \d+ more$/);
});

it("prints what the server has once, and asks for a terminal otherwise", async () => {
  const api = await startTestApi();
  try {
    await makeProjectObjects(api);
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = api.app.server.address() as AddressInfo;
    const env = { COPPICE_URL: `http://127.0.0.1:${port}`, COPPICE_TOKEN: tokenOf("ann") };
    const once = await runCoppice(["top", "--once"], { env });
    expect(once).toMatchObject({ code: 0, stderr: "" });
    expect(once.stdout).toMatch(/^web +INIT +1\/3 +shop/m);
    expect(once.stdout).toMatch(/^CLUSTER_CREATE +web +READY/m);
    const json = JSON.parse((await runCoppice(["top", "--once", "--json"], { env })).stdout);
    expect([json.clusters.length, json.actions.length]).toEqual([1, 1]);
    expect(await runCoppice(["top"], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Print it once with: coppice top --once"),
    });
  } finally {
    await api.stop();
  }
});

it.skipIf(spawnSync("script", ["--version"]).status !== 0)(
  "draws on a terminal until q, and leaves it as it was",
  async () => {
    const api = await startTestApi();
    try {
      await makeProjectObjects(api);
      await api.app.listen({ host: "127.0.0.1", port: 0 });
      const { port } = api.app.server.address() as AddressInfo;
      const command = `stty rows 20 cols 100; ${process.execPath} ${path.join(root, "bin", "main.mjs")} top --interval 1`;
      const env = {
        PATH: process.env["PATH"],
        TERM: "xterm",
        COPPICE_HOME: "/nonexistent",
        COPPICE_URL: `http://127.0.0.1:${port}`,
        COPPICE_TOKEN: tokenOf("ann"),
      };
      const child = spawn("script", ["-qec", command, "/dev/null"], { env, cwd: root });
      let seen = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        seen += text;
      });
      const draws = (count: number) =>
        expect
          .poll(() => seen.split("\u001b[H").length - 1, { timeout: 30_000 })
          .toBeGreaterThanOrEqual(count);
      await draws(2); // it looks again
      child.stdin.write("q");
      const [code] = await event(child, "close");
      expect(code).toBe(0);
      expect(seen).toContain("\u001b[?1049h\u001b[?25l");
      expect(seen.trimEnd().endsWith("\u001b[?25h\u001b[?1049l")).toBe(true);
      expect(seen).toMatch(/web +INIT +1\/3 +shop/);
    } finally {
      await api.stop();
    }
  },
);
