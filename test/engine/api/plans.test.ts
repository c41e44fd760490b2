import { beforeEach, expect, it } from "vitest";
import { typed } from "../../../engine/actions/diff-plans.ts";
import { programBody, startTestApi, type TestApi, tokenOf } from "../../support/api.ts";
import { programText } from "../../support/programs.ts";

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  return () => api.stop();
});

it("lets readers plan, preview and look, and only members apply", async () => {
  expect((await api.call("POST", "/v1/programs", programBody())).status).toBe(202);
  const reader = tokenOf("rea");
  const changed = programBody(programText().replace("web:1", "web:2"));
  const planned = await api.call("POST", "/v1/plans", changed, reader);
  expect(planned.status).toBe(200);
  expect(planned.json.starts).toMatchObject([{ action: "CLUSTER_UPDATE", cluster: "web" }]);
  expect((await api.call("POST", "/v1/impacts", changed, reader)).json.impacts).toMatchObject([
    { kind: "profile", name: "small", affects: [{ kind: "cluster", name: "web" }] },
  ]);
  const preview = await api.call(
    "POST",
    "/v1/previews",
    { action: "rest", program: "shop", inputs: { cluster: "web" } },
    reader,
  );
  expect(preview.status).toBe(200);
  expect(preview.json.preview.state.clusters).toMatchObject([{ name: "web", size: 3, nextIndex: 1 }]);
  expect((await api.call("POST", "/v1/programs/shop/versions/1/plan", {}, reader)).status).toBe(200);
  expect((await api.call("POST", "/v1/programs/shop/versions/1/apply", {}, reader)).status).toBe(403);
});

it("shows nothing of another project's programs, versions, actions and nodes", async () => {
  const applied = await api.call("POST", "/v1/programs", programBody());
  const eve = tokenOf("eve");
  const id = applied.json.actions[0].id;
  const paths = [
    "/v1/programs/shop/versions",
    "/v1/programs/shop/versions/1",
    "/v1/programs/shop/versions/1/changes?since=1",
    `/v1/actions/${id}/explanation`,
    "/v1/nodes/web-1/explanation",
  ];
  for (const path of paths) expect((await api.call("GET", path, undefined, eve)).status, path).toBe(404);
  for (const what of ["plan", "apply"]) {
    const answer = await api.call("POST", `/v1/programs/shop/versions/1/${what}`, {}, eve);
    expect(answer.status, what).toBe(404);
  }
  const asked = { action: "rest", program: "shop", inputs: { cluster: "web" } };
  expect((await api.call("POST", "/v1/previews", asked, eve)).status).toBe(404);
});

it("refuses a plan whose ground has moved with each thing that moved, and takes only what a plan says", async () => {
  const planned = await api.call("POST", "/v1/plans", programBody());
  const { reads } = planned.json;
  expect((await api.call("POST", "/v1/programs", programBody())).status).toBe(202);
  const refused = await api.call("POST", "/v1/programs", programBody(undefined, { reads }));
  expect(refused).toMatchObject({
    status: 409,
    json: {
      error: {
        type: "plan-moved",
        facts: [
          "program: no version was applied, now it is version 1",
          "cluster web: it was not there, and is now",
        ],
      },
    },
  });
  const nonsense = await api.call(
    "POST",
    "/v1/programs",
    programBody(undefined, { reads: { plan_hash: 1 } }),
  );
  expect(nonsense.status).toBe(400);
});

it("goes back to a version by its very plan, as a new version", async () => {
  const first = await api.call("POST", "/v1/programs", programBody());
  await api.call("POST", "/v1/programs", programBody(programText().replace("web:1", "web:2")));
  const back = await api.call("POST", "/v1/programs/shop/versions/1/apply", {});
  expect(back.status).toBe(202);
  expect(back.json.program).toEqual({ ...first.json.program, version: 3 });
  const { versions } = (await api.call("GET", "/v1/programs/shop/versions")).json;
  expect(
    versions.map((each: { version: number; restores: number | null }) => [each.version, each.restores]),
  ).toEqual([
    [3, 1],
    [2, null],
    [1, null],
  ]);
  const changes = await api.call("GET", "/v1/programs/shop/versions/2/changes?since=1");
  expect(changes.json.changes).toEqual([
    {
      kind: "profile",
      name: "small",
      change: "update",
      attributes: [{ name: "image", from: "web:1", to: "web:2", type: "String" }],
    },
  ]);
  expect((await api.call("POST", "/v1/programs/shop/versions/7/apply", {})).status).toBe(404);
});

it("never tells what stands in the place of a secret and is no handle", () => {
  const change = { name: "password", from: "s3cret", to: { $secret: "db_password" } };
  expect(typed(change, { password: { type: "Secret" } })).toEqual({
    name: "password",
    from: { $secret: "" },
    to: { $secret: "db_password" },
    type: "Secret",
  });
});
