import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../support/run-coppice.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

const canary = "canary-5c1e7a90-bird";
/** What the vault gives to those who know that. */
const stored = "stored-canary-81d2f3-finch";
let stack: TestStack;
let cloud: Server;
let folder: string;
/** What the cloud was told, by path. */
const told = new Map<string, number>();
/** How often the vault was asked. */
let asked = 0;

beforeAll(async () => {
  // refuses who doesn't know the password, and says it back whatever happens
  cloud = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const given = request.headers["x-password"];
      if (request.url?.startsWith("/vault/")) {
        asked += 1;
        const found = given === canary && request.url === "/vault/shop/db";
        response.writeHead(found ? 200 : 404).end(found ? stored : "no");
        return;
      }
      const ok = given === canary || given === stored;
      if (ok) told.set(request.url ?? "", (told.get(request.url ?? "") ?? 0) + 1);
      response.writeHead(ok ? 200 : 403, { "content-type": "application/json", "x-echo": String(given) });
      response.end(JSON.stringify({ ok, given, body }));
    });
  });
  await new Promise<void>((resolve) => cloud.listen(0, "127.0.0.1", resolve));
  stack = await startTestStack({ COPPICE_SECRET_ENV: "CLOUD_PASSWORD", CLOUD_PASSWORD: canary });
  folder = join(stack.home, "programs");
  writePrograms(`127.0.0.1:${(cloud.address() as AddressInfo).port}`);
});
afterAll(async () => {
  await stack.stop();
  cloud.close();
});

function writePrograms(address: string): void {
  mkdirSync(join(folder, "libs", "cloud", "1.2.0", "driver"), { recursive: true });
  const password = { type: "Secret", required: true };
  const any = { type: "Any" };
  const manifest = {
    name: "cloud",
    version: "1.0.0",
    contract: 1,
    tier: "sandboxed",
    entry: "./index.ts",
    description: "for a test",
    needs: [{ capability: "http", why: "the cloud" }],
    profiles: {
      server: {
        properties: { address: { type: "String", required: true }, password },
        operations: { create: {}, find: {}, get: {}, delete: {}, shout: { result: any } },
      },
    },
    functions: {
      look: { arguments: { address: { type: "String", required: true }, password }, result: any },
      fails: { arguments: { address: { type: "String", required: true }, password } },
    },
  };
  writeFileSync(join(folder, "libs/cloud/1.2.0/driver/plugin.json"), JSON.stringify(manifest));
  writeFileSync(
    join(folder, "libs/cloud/1.2.0/driver/index.ts"),
    `import { DriverError, defineDriver } from "coppice/sdk";
const seen = [];
async function ask(host, p, path) {
  const answer = await host.http({ method: "POST", url: "http://" + p.address + path, headers: { "x-password": p.password }, body: { again: p.password } });
  seen.push(p.password, answer.text, answer.headers);
  host.log("info", "asked with " + p.password + " and got " + answer.text);
  host.event("asked with " + p.password + " and got " + answer.text);
  if (answer.status !== 200) throw new DriverError("wrong password " + p.password + ": " + answer.text, { code: "login", retryable: false });
  return answer;
}
export default defineDriver({ contract: 1,
  profiles: { server: {
    create: async (host, call) => { await ask(host, call.properties, "/create"); return { physicalId: "server-" + call.node.index }; },
    find: async () => null,
    get: async (host, call) => { const { text } = await ask(host, call.properties, "/get"); return { exists: true, running: true, healthy: true, detail: text }; },
    delete: async (host, call) => { await ask(host, call.properties, "/delete"); },
    operations: { shout: async (host, call) => ({ seen, now: await ask(host, call.properties, "/shout") }) },
  } },
  functions: {
    look: async (host, call) => ({ seen, now: await ask(host, call.arguments, "/look"), global: JSON.stringify(Object.keys(globalThis)) }),
    fails: async (host, call) => { await ask(host, call.arguments, "/fails"); throw new Error("my password is " + call.arguments.password); },
  },
});
`,
  );
  writeFileSync(
    join(folder, "libs/cloud/1.2.0/library.coppice"),
    `plugin cloud from "./driver" { allow http "${address}" }
secret password = env("CLOUD_PASSWORD")
profile server = cloud.server { address: "${address}" password: password }

action shout(cluster: Cluster<cloud.server>) -> List<Any> {
  let first = cluster.nodes.first()
  if first == none { fail "no node" }
  let heard = first.shout()
  return [heard]
}
action look() -> Any {
  let found = cloud.look(address: "${address}", password: password)
  return found
}
action fails() { cloud.fails(address: "${address}", password: password) }
`,
  );
  writeFileSync(
    join(folder, "shop.coppice"),
    `import "./libs/cloud" version "1"
cluster web { profile: server size: 2 in 0..4 }
`,
  );
  mkdirSync(join(folder, "vault"), { recursive: true });
  const vault = {
    ...{ name: "vault", version: "1.0.0", contract: 1, tier: "sandboxed", entry: "./index.ts" },
    description: "for a test",
    needs: [{ capability: "http", why: "the vault" }],
    settings: { address: { type: "String", required: true }, token: { type: "Secret", required: true } },
    secret_stores: { kv: {} },
  };
  writeFileSync(join(folder, "vault/plugin.json"), JSON.stringify(vault));
  writeFileSync(
    join(folder, "vault/index.ts"),
    `import { DriverError, defineDriver } from "coppice/sdk";
export default defineDriver({ contract: 1, secret_stores: { kv: { async read(host, { key }) {
  const { address, token } = host.settings;
  const { status, text } = await host.http({ method: "GET", url: "http://" + address + "/vault/" + key, headers: { "x-password": token } });
  if (status !== 200) throw new DriverError("the vault has no " + key + " for us", { code: "secret-missing", retryable: false });
  return { value: text };
} } } });
`,
  );
  writeFileSync(
    join(folder, "stored.coppice"),
    `plugin cloud from "./libs/cloud/1.2.0/driver" { allow http "${address}" }
secret token = env("CLOUD_PASSWORD")
plugin vault from "./vault" {
  allow http "${address}"
  with { address: "${address}", token: token }
}
secret kept = vault.kv("shop/db")
secret lost = vault.kv("shop/nothing")
profile server = cloud.server { address: "${address}" password: kept }
cluster db { profile: server size: 3 in 0..4 }
action look() -> Any {
  let found = cloud.look(address: "${address}", password: kept)
  return found
}
action fails() { cloud.fails(address: "${address}", password: kept) }
action loses() { cloud.fails(address: "${address}", password: lost) }
`,
  );
  writeFileSync(
    join(folder, "greedy.coppice"),
    `plugin fake from "${join(root, "plugins/fake")}" { allow state }
secret home = env("HOME")
profile small = fake.server { image: "web:1" password: home }
cluster greedy { profile: small size: 0 in 0..1 }
`,
  );
}

/** Every text of every table. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await stack.pool.query<{ name: string }>(
    "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'",
  );
  const found: string[] = [];
  for (const { name } of tables.rows) {
    const rows = await stack.pool.query(`select from ${name} t where t::text like $1 limit 1`, [`%${text}%`]);
    if (rows.rowCount !== 0) found.push(name);
  }
  return found;
}

/** All that Temporal keeps of all runs. */
async function historiesWith(text: string): Promise<string[]> {
  const found: string[] = [];
  let count = 0;
  for await (const { workflowId } of stack.temporal.workflow.list()) {
    count += 1;
    const history = await stack.temporal.workflow.getHandle(workflowId).fetchHistory();
    // a payload's data is base64 in JSON
    const said = JSON.stringify(history, (name, value) =>
      name === "data" && typeof value === "string" ? Buffer.from(value, "base64").toString() : value,
    );
    if (said.includes(text)) found.push(workflowId);
  }
  expect(count).toBeGreaterThan(2);
  return found;
}

/** Every file of the home: logs, Temporal's store, Postgres' tables and its write-ahead log. */
function filesWith(text: string): string[] {
  return readdirSync(stack.home, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((file) => readFileSync(file).includes(text));
}

describe("a secret of an imported library", () => {
  it("opens the cloud's door", async () => {
    await stack.apply(join(folder, "shop.coppice"));
    expect(told.get("/create")).toBe(2);
    const ran = await stack.end(await stack.begin("shop", "shout", { cluster: "web" }));
    expect(ran).toMatchObject({ status: "SUCCEEDED" });
    expect(JSON.stringify(ran.outputs)).toContain("(secret password)");
    const looked = await stack.end(await stack.begin("shop", "look", {}));
    expect(looked).toMatchObject({ status: "SUCCEEDED" });
    expect(told.get("/look")).toBe(1);
    const checked = await stack.end(await stack.begin("shop", "CLUSTER_CHECK", { cluster: "web" }));
    expect(checked.status).toBe("SUCCEEDED");
    const failed = await stack.end(await stack.begin("shop", "fails", {}));
    expect(failed).toMatchObject({ status: "FAILED" });
    expect(failed.status_reason).toContain("my password is (secret password)");
    const grown = await stack.end(await stack.begin("shop", "CLUSTER_RESIZE", { cluster: "web", size: 1 }));
    expect(grown.status).toBe("SUCCEEDED");
    expect(told.get("/delete")).toBe(1);
  });

  it("may come from a plugin's store, which has a secret of its own", async () => {
    asked = 0;
    await stack.apply(join(folder, "stored.coppice"));
    expect(told.get("/create")).toBe(5); // three more
    expect(asked).toBe(1); // one step over three nodes
    const looked = await stack.end(await stack.begin("stored", "look", {}));
    expect(looked).toMatchObject({ status: "SUCCEEDED" });
    expect(JSON.stringify(looked.outputs)).toContain("(secret kept)");
    const failed = await stack.end(await stack.begin("stored", "fails", {}));
    expect(failed.status_reason).toContain("my password is (secret kept)");
    const lost = await stack.end(await stack.begin("stored", "loses", {}));
    expect(lost.status_reason).toContain('secret "lost": the vault has no shop/nothing for us');
  });

  it.each([canary, stored])(
    "is found nowhere: not in a table, history, file or answer (%s)",
    async (value) => {
      expect(await tablesWith(value)).toEqual([]);
      expect(await historiesWith(value)).toEqual([]);
      expect(filesWith(value)).toEqual([]);
      const paths = ["/v1/events?limit=1000", "/v1/actions", "/v1/programs/shop", "/v1/programs/stored"];
      for (const path of [...paths, "/v1/audit?limit=1000"])
        expect(JSON.stringify((await stack.api("GET", path)).body)).not.toContain(value);
    },
  );

  it("would have been found: what stands for it is", async () => {
    const instead = "(secret password)";
    expect(await tablesWith(instead)).toEqual(expect.arrayContaining(["action", "event", "intent"]));
    expect((await historiesWith(instead)).length).toBeGreaterThan(1);
    expect(filesWith(instead).some((file) => file.endsWith("worker.log"))).toBe(true);
  });

  it("is kept as its name", async () => {
    const profile = await stack.pool.query("select properties -> 'password' as password from profile");
    expect(profile.rows[0]).toEqual({ password: { $secret: "password" } });
  });

  it("is in the worker's environment and in no other part's", () => {
    const environmentOf = (part: "api" | "worker" | "temporal" | "postgres") =>
      readFileSync(`/proc/${stack.pidOf(part)}/environ`, "utf8");
    expect(environmentOf("worker")).toContain(canary);
    for (const part of ["api", "temporal", "postgres"] as const)
      expect(environmentOf(part)).not.toContain(canary);
  });

  it("is refused at apply when the operator doesn't allow it, with how to", async () => {
    const ran = await stack.cli("apply", join(folder, "greedy.coppice"), "--yes");
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('secret "home": programs may not read the environment variable HOME here');
    expect(ran.stderr).toContain("COPPICE_SECRET_ENV=CLOUD_PASSWORD,HOME");
    expect((await stack.pool.query("select from program where name = 'greedy'")).rowCount).toBe(0);
  });
});
