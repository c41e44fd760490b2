import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareAnswer } from "./compare-answers.ts";
import { exchangeNames, readExchange, readGolden } from "./golden-files.ts";
import { Normaliser } from "./normalise.ts";
import { parseRequests } from "./parse-requests.ts";
import { playRequests, type Target } from "./play-requests.ts";
import { parseTranscript, renderTranscript } from "./transcript.ts";

const text = `# made up
### makes one
# @name one
# @as admin
# @version 1.2
POST /things
X-Extra: yes

{"thing": {"name": "a"}}

### shows it
# @differs 404 ours hides it
GET /things/{{one.thing.id}}
`;

describe("requests", () => {
  it("are read with their directives, headers and bodies", () => {
    const [make, show] = parseRequests(text, "made-up.http");
    expect(make).toMatchObject({
      title: "makes one",
      line: 2,
      name: "one",
      as: "admin",
      version: "1.2",
      method: "POST",
      path: "/things",
      headers: { "X-Extra": "yes" },
      body: '{"thing": {"name": "a"}}',
    });
    expect(show).toMatchObject({
      as: "member",
      version: "1.14",
      differs: { status: 404, reason: "ours hides it" },
    });
    expect(show).not.toHaveProperty("body");
  });

  it.each([
    ["### a\nGET things", 'x.http:2: "GET things" is no request line; write: GET /v1/profiles'],
    [
      "### a\n# @nmae b\nGET /a",
      'x.http:1: "@nmae" is unknown; there is @name, @as, @version, @running, @pause, @differs, @says',
    ],
    ["### a\nGET /a\n\n### a\nGET /b", 'x.http:4: "a" is there twice; give each case a title of its own'],
    ["### a\nGET /a\nwhat", 'x.http:3: "what" is no header; write: Name: value'],
    ["### a\n# @name b", "x.http:1: the case has no request line; write: GET /v1/profiles"],
    ["### a\n# @differs 400\nGET /a", "x.http:1: @differs lacks its status or its reason"],
    ["### a\n# @says no\nGET /a", "x.http:1: @says goes with @differs"],
  ])("say what is wrong with %j", (wrong, message) => {
    expect(() => parseRequests(wrong, "x.http")).toThrow(message);
  });
});

describe("normalising", () => {
  it("names ids by where they first appeared, and keeps the form of times", () => {
    const normaliser = new Normaliser();
    const id = "7d85f602-a948-4a30-afd4-e84f47471c15";
    normaliser.learn({ profile: { id } }, "web");
    normaliser.learn({ cluster: { profile_id: id } }, "c");
    expect(
      normaliser.json({
        id,
        other: "0a0b0c0d-a948-4a30-afd4-e84f47471c15",
        name: "cluster_create_7d85f602",
        project: "f1a7f2a4f1a7f2a4f1a7f2a4f1a7f2a4",
        created_at: "2026-11-29T22:11:27Z",
        updated_at: "2026-11-29T22:11:27.000001",
        timestamp: "2026-11-29T22:11:27+00:00",
        since: "2016-01-18T00:00:00Z",
        start_time: 1764454287.5,
        [id]: "node-aB3dE6gH",
      }),
    ).toEqual({
      "<web.profile.id>": "node-<random>",
      id: "<web.profile.id>",
      other: "<uuid>",
      name: "cluster_create_<web.profile.id:8>",
      project: "<hex>",
      created_at: "<time>Z",
      updated_at: "<time>.ffffff",
      timestamp: "<time>+00:00",
      since: "2016-01-18T00:00:00Z",
      start_time: "<seconds>",
    });
  });
});

describe("an exchange", () => {
  let server: Server;
  let target: Target;
  const seen: string[] = [];
  beforeAll(async () => {
    let asked = 0;
    server = createServer((request, response) => {
      seen.push(
        `${request.method} ${request.url} ${request.headers["x-auth-token"]} ${request.headers["openstack-api-version"]}`,
      );
      if (request.url === "/v1/actions/5db0f9e5-0000-4000-8000-8a23f2b7a1c0") {
        const status = asked++ === 0 ? "RUNNING" : "SUCCEEDED";
        return response.end(JSON.stringify({ action: { action: "MAKE", status, status_reason: "done" } }));
      }
      if (request.method === "GET")
        return response.writeHead(404).end(JSON.stringify({ error: { message: "gone" } }));
      const location = "http://here/v1/actions/5db0f9e5-0000-4000-8000-8a23f2b7a1c0";
      response.writeHead(202, { location }).end('{"thing": {"id": "7d85f602-a948-4a30-afd4-e84f47471c15"}}');
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const account = (token: string) => ({ token, project: "a".repeat(32), user: "b".repeat(32) });
    const { port } = server.address() as AddressInfo;
    target = {
      url: `http://127.0.0.1:${port}`,
      accounts: { member: account("mine"), admin: account("boss's") },
    };
  });
  afterAll(() => new Promise<void>((closed) => server.close(() => closed())));

  it("sends, waits for the action's end, and compares", async () => {
    const answers = await playRequests(parseRequests(text, "made-up.http"), target);
    expect(seen[0]).toBe("POST /things boss's clustering 1.2");
    expect(seen.at(-1)).toBe("GET /things/7d85f602-a948-4a30-afd4-e84f47471c15 mine clustering 1.14");
    const golden = renderTranscript(answers);
    expect(golden).toBe(
      [
        "### makes one\n> POST /things as admin, 1.2\n202 Accepted\nLocation: http://here/v1/actions/<one.action>\n",
        '{\n  "thing": {\n    "id": "<one.thing.id>"\n  }\n}\n\nMAKE SUCCEEDED: done\n',
        "### shows it\n> GET /things/{{one.thing.id}} as member, 1.14\n404 Not Found\n",
        '{\n  "error": {\n    "message": "gone"\n  }\n}\n',
      ].join("\n"),
    );
    const kept = parseTranscript(golden);
    expect(answers.map((answer) => compareAnswer(answer, kept.get(answer.request.title)))).toEqual([
      null,
      null,
    ]);
  });

  it("tells what differs, where nothing was recorded, and where an earlier request failed", async () => {
    const [make, show] = await playRequests(parseRequests(text, "made-up.http"), target);
    if (make === undefined || show === undefined) throw new Error("two were sent");
    expect(compareAnswer(make, "201 Created")).toContain("-201 Created\n+202 Accepted");
    expect(compareAnswer(make, undefined)).toContain("there is no golden answer");
    const says = {
      ...show,
      request: { ...show.request, differs: { status: 404, reason: "why", says: "lost" } },
    };
    expect(compareAnswer(says, show.text)).toContain("expected the message\n  lost\ngot\n  gone");
    expect(compareAnswer({ ...make, missing: ["{{a.b}}"] }, make.text)).toContain("{{a.b}} is nothing");
    const shown = (status: number) => ({
      ...show,
      request: { ...show.request, differs: { status, reason: "why" } },
    });
    expect(compareAnswer(shown(400), show.text)).toContain("expected 400 (why), got\n404");
    const other = '500 Internal Server Error\n\n{"error": {"message": "lost"}}';
    expect(compareAnswer(shown(404), other)).toContain("expected the message\n  lost\ngot\n  gone");
  });
});

it.each(exchangeNames())("%s: each request has its answer from the real Senlin", (name) => {
  expect([...readGolden(name).keys()]).toEqual(readExchange(name).map(({ title }) => title));
});
