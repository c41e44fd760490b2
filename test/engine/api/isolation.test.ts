import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../../engine/store/new-id.ts";
import { insertToken } from "../../../engine/store/tokens.ts";
import { startTestApi, type TestApi, tokenOf } from "../../support/api.ts";
import { makeProjectObjects, type ProjectObjects } from "../../support/project-objects.ts";
import { fakeHash } from "../../support/programs.ts";

/** Who knocks. `ann` owns everything; hers is the project `default`. */
const people = {
  "no token": null,
  "expired token": "old",
  "another project": "eve",
  "read-only share": "sid",
  reader: "rea",
  "read-write share": "max",
} as const;
type Person = keyof typeof people;
/** Who has no business with what `ann` has, not even with a share. */
const outsiders: readonly Person[] = ["no token", "expired token", "another project"];

let api: TestApi;
let its: ProjectObjects;
let params: Readonly<Record<string, string>>;
beforeAll(async () => {
  api = await startTestApi();
  its = await makeProjectObjects(api);
  const { pool } = api.db;
  for (const [userId, projectId, expiresAt] of [
    ["sid", "third", null],
    ["max", "fourth", null],
    ["old", "default", new Date(Date.now() - 1000)],
  ] as const) {
    const more = expiresAt === null ? {} : { expiresAt };
    await insertToken(pool, { token: tokenOf(userId), projectId, userId, role: "member", ...more });
  }
  await pool.query(
    "insert into binding (id, project_id, cluster_id, policy_id) values (gen_random_uuid(), 'default', $1, $2)",
    [its.cluster, its.policy],
  );
  await pool.query("update action set status = 'SUCCEEDED', end_time = now()"); // so that watching one ends
  let share = "";
  for (const [user, access] of [
    ["sid", "read-only"],
    ["max", "read-write"],
  ] as const) {
    for (const kind of ["cluster", "profile", "policy"] as const) {
      const body = { kind, object: its[kind], target: "user", target_id: user, access };
      share = (await api.call("POST", "/v1/shares", body)).json.share.id;
    }
  }
  // of a user whom nobody here is
  const strange = { kind: "policy", object: its.policy, target: "user", target_id: "nobody" };
  share = (await api.call("POST", "/v1/shares", strange)).json.share.id;
  const receiver = newId();
  await pool.query(
    `insert into receiver (id, project_id, user_id, name, type, cluster_id, action)
     values ($1, 'default', 'ann', 'more', 'webhook', $2, 'CLUSTER_SCALE_OUT')`,
    [receiver, its.cluster],
  );
  params = {
    ...its,
    share,
    name: "shop",
    program: "shop",
    version: "1",
    trigger: "none",
    project: "default",
    path: "details",
    hash: fakeHash,
    type: "fake.server-1.0",
    receiver,
  };
});
afterAll(() => api.stop());

/** Paths of what is everybody's: no project's objects are in them. */
const common = /^\/v1\/(profile-types|policy-types|plugins)\//;
/** Whoever has such a URL may: its signature is what counts, not a token. */
const signed = / \/v1\/webhooks\//;
/** Bodies with which a request reaches what it is about, where an empty one is refused first. */
const bodies: Readonly<Record<string, object>> = {
  "PATCH /v1/policies/:policy": { policy: { name: "taken" } },
  "PATCH /v1/profiles/:profile": { profile: { name: "taken" } },
  "PATCH /v1/clusters/:cluster": { cluster: { name: "taken" } },
  "PATCH /v1/nodes/:node": { node: { name: "taken" } },
  "PATCH /v1/actions/:action": { action: { status: "CANCELLED" } },
  "PATCH /v1/receivers/:receiver": { receiver: { name: "taken" } },
  "PATCH /v1/shares/:share": { access: "read-write" },
  "PUT /v1/quotas/:project": { clusters: 1 },
  "POST /v1/clusters/:cluster/actions": { check: {} },
  "POST /v1/nodes/:node/actions": { check: {} },
  "POST /v1/clusters/:cluster/ops": { reboot: {} },
  "POST /v1/nodes/:node/ops": { reboot: {} },
  "POST /v1/actions/:action/answer": { answer: "granted", call_id: "a.1" },
};

/** Each once, what deletes last. */
function routesToTry(): string[] {
  const routes = [...new Set(api.routes)].filter((route) => !/^(HEAD|OPTIONS) /.test(route));
  const last = (route: string) => (route.startsWith("DELETE ") ? 1 : 0);
  const path = (route: string) => route.slice(route.indexOf(" ") + 1);
  return routes.sort(
    (a, b) => last(a) - last(b) || path(a).localeCompare(path(b), "en") || a.localeCompare(b, "en"),
  );
}

async function ask(
  route: string,
  person: Person,
  values = params,
): Promise<{ status: number; text: string }> {
  const [method = "", url = ""] = route.split(" ");
  const user = people[person];
  const filled = url.replaceAll(/:([a-z]+)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new Error(
        `${route}: say in \`params\` what ":${name}" of the project default is, so that it is tried`,
      );
    return value;
  });
  const answer = await api.app.inject({
    method: method as "GET", // of the server's own table
    url: filled,
    headers: {
      "openstack-api-version": "clustering latest",
      ...(user !== null && { "x-auth-token": tokenOf(user) }),
    },
    ...(method !== "GET" && method !== "DELETE" && { payload: bodies[route] ?? {} }),
  });
  return { status: answer.statusCode, text: answer.body };
}

const isOfProject = (route: string) =>
  route.includes("/:") && !common.test(route.slice(route.indexOf(" ") + 1));

/** All that the project has, as one text. */
async function contents(): Promise<string> {
  const tables = [
    "cluster",
    "node",
    "profile",
    "policy",
    "binding",
    "action",
    "program",
    "share",
    "quota",
    "trigger",
    "receiver",
  ];
  const texts: string[] = [];
  for (const table of tables) {
    const found = await api.db.pool.query(
      `select coalesce(string_agg(t::text, e'\\n' order by t::text), '') as text from ${table} t where project_id = 'default'`,
    );
    texts.push(`${table}: ${found.rows[0].text}`);
  }
  return texts.join("\n");
}

describe("every route of the server", () => {
  const statuses = new Map<string, Record<string, number>>();
  const note = (route: string, person: Person, status: number) =>
    statuses.set(route, { ...statuses.get(route), [person]: status });

  it("shows outsiders nothing, and changes nothing for them", async () => {
    const before = await contents();
    const never = Object.fromEntries(
      Object.keys(params).map((name) => [
        name,
        name === "version" ? "1" : name === "path" ? "details" : newId(),
      ]),
    );
    const secrets = [...Object.values(its), "web-1", "default"];
    for (const route of routesToTry()) {
      for (const person of outsiders) {
        const { status, text } = await ask(route, person);
        note(route, person, status);
        if (!route.includes(" /v1/")) continue;
        const who = `${route} for ${person}: ${status} ${text.slice(0, 300)}`;
        if (signed.test(route)) expect([400, 401, 403, 404], who).toContain(status);
        else if (person !== "another project") expect(status, who).toBe(401);
        else if (isOfProject(route)) {
          if (![401, 403, 404].includes(status)) {
            // refused before it was looked for: the same as of what never was
            expect([status, status], who).toEqual([400, (await ask(route, person, never)).status]);
          }
        } else if (!route.includes("/:"))
          for (const secret of secrets)
            expect(text.includes(`"${secret}"`), `${who} has ${secret}`).toBe(false);
      }
    }
    expect(await contents()).toBe(before);
  });

  it("lets a share that is to be read change nothing", async () => {
    const before = await contents();
    for (const route of routesToTry()) {
      const { status, text } = await ask(route, "read-only share");
      note(route, "read-only share", status);
      if (isOfProject(route) && !route.startsWith("GET "))
        expect([400, 403, 404], `${route}: ${status} ${text.slice(0, 300)}`).toContain(status);
    }
    expect(await contents()).toBe(before);
  });

  it("is what docs/isolation.md says of it", async () => {
    for (const person of ["reader", "read-write share"] as const)
      for (const route of routesToTry()) note(route, person, (await ask(route, person)).status);
    const names = Object.keys(people) as Person[];
    const rows = routesToTry().map((route) => {
      const seen = statuses.get(route) ?? {};
      return `| \`${route}\` | ${names.map((name) => seen[name] ?? "-").join(" | ")} |`;
    });
    const text = `# Who gets what

Made by \`test/engine/api/isolation.test.ts\` from the server's own table of routes; \`npx vitest run test/engine/api/isolation.test.ts -u\`
makes it anew. Each number is the status of one request about something of another's project, in microversion 1.15, with the
least body that reaches it (\`{}\` where there is none: 400, before anything is looked for). 404 is also what something
that never was answers. Lists and creates have no object in their path: there it is the caller's own project that answers.

The reader is of the owner's project. The shares are of a cluster, a profile and a policy; other objects aren't shared.

| route | ${names.join(" | ")} |
| --- | ${names.map(() => "---").join(" | ")} |
${rows.join("\n")}
`;
    await expect(text).toMatchFileSnapshot("../../../docs/isolation.md");
  });
});
