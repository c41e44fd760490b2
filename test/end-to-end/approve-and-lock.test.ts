import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reconcile } from "../../engine/temporal/reconciler.ts";
import { root } from "../support/run-coppice.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

const text = `plugin fake from "${root}/plugins/fake" { allow state }
profile web = fake.server { image: "web:1" }
cluster shop {
  profile: web
  size: 0 in 0..9
  policies: [small enforce deny unless operator, calm enforce warn]
}
policy small { before scale_out { deny "at most 2 at once" when request.count > 2 } }
policy calm { before scale_out { deny "one at a time" when request.count > 1 } }

action release(what: String, patience: Duration = 4h) -> String {
  emit "begun" { what: what }
  approve "Release {what}?" by operator within patience
  return "released {what}"
}
action later() {
  wait 1s
  approve "late?" by operator
}
action twice() {
  parallel {
    { approve "left?" by operator }
    { approve "right?" by operator }
  }
}
action guarded(name: String, hold: Duration, patience: Duration = 5m) {
  lock name, "everything" within patience {
    emit "in" { name: name }
    wait hold
    emit "out" { name: name }
  }
}
`;

let stack: TestStack;
const folder = mkdtempSync(join(tmpdir(), "coppice-approve-"));

beforeAll(async () => {
  stack = await startTestStack();
  const file = join(folder, "works.coppice");
  writeFileSync(file, text);
  await stack.apply(file);
}, 60_000);
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

const begin = (action: string, inputs: Record<string, unknown>) => stack.begin("works", action, inputs);
const release = async (inputs: Record<string, unknown> = {}) => {
  const id = await begin("release", { what: "it", ...inputs });
  await stack.until("select count(*) = 1 from approval where action_id = $1 and state = 'open'", [id]);
  return id;
};
const approvalOf = async (id: string) =>
  (await stack.pool.query("select * from approval where action_id = $1", [id])).rows[0];
const answer = (id: string, body: object) => stack.api("POST", `/v1/actions/${id}/answer`, body);

describe("approve", () => {
  it("goes on when someone says yes by the CLI, and shows the question meanwhile", async () => {
    const id = await release({ what: "web:2" });
    const listed = await stack.cli("approvals");
    expect(listed.stdout).toMatch(
      new RegExp(`${id} +release +release\\.2-\\d+ +operator .*Release web:2\\?`),
    );
    const shown = await stack.temporal.workflow.getHandle(id).query<string>("__temporal_workflow_metadata");
    expect(JSON.stringify(shown)).toContain("Release web:2?");
    const callStack = await stack.temporal.workflow.getHandle(id).query<string>("__stack_trace");
    expect(callStack).toBe(""); // the SDK's hook found no run: it would take half of each run's time
    const yes = await stack.cli("approve", id, "--reason", "seen it");
    expect(yes).toMatchObject({ code: 0, stdout: "Approved: Release web:2? (release)\n" });
    expect(await stack.end(id)).toMatchObject({ status: "SUCCEEDED", outputs: "released web:2" });
    expect(await approvalOf(id)).toMatchObject({ state: "granted", answered_by: "local", reason: "seen it" });
    const events = await stack.cli("events", "--action", id);
    expect(events.stdout).toMatch(/approval\.open +Release web:2\? \(to be approved by operator\)/);
    expect(events.stdout).toMatch(/approval\.granted +granted by local: seen it/);
    expect((await stack.cli("approvals")).stdout).toBe("Nothing waits for an answer.\n");
  });

  it("fails when someone says no; an answer can be given only once", async () => {
    const id = await release();
    const no = await stack.cli("approve", id, "--no", "--reason", "not today");
    expect(no.stdout).toBe("Refused: Release it? (release)\n");
    expect(await stack.end(id)).toMatchObject({
      status: "FAILED",
      status_reason: 'local said no to "Release it?": not today',
    });
    expect((await answer(id, { answer: "refused" })).status).toBe(202); // the same again
    const other = await answer(id, { answer: "granted" });
    expect([other.status, JSON.stringify(other.body)]).toEqual([
      409,
      expect.stringContaining("has been refused by local"),
    ]);
    expect((await stack.cli("approve", id)).code).toBe(7);
  });

  it("fails when nobody answers in time", async () => {
    const id = await release({ patience: "300ms" });
    expect(await stack.end(id)).toMatchObject({
      status: "FAILED",
      status_reason: 'nobody answered "Release it?" within 300ms',
    });
    expect(await approvalOf(id)).toMatchObject({ state: "absent", answered_by: null });
    expect((await answer(id, { answer: "granted" })).status).toBe(409);
  });

  it("ends at once when the run is cancelled", async () => {
    const id = await release();
    await stack.api("POST", `/v1/actions/${id}/cancel`);
    expect(await stack.end(id)).toMatchObject({ status: "CANCELLED" });
    expect(await approvalOf(id)).toMatchObject({ state: "absent" });
  });

  it("takes what Temporal's own UI sends: a signal, with or without the question's id", async () => {
    const [one, two] = [await release(), await release()];
    const { call_id: callId } = await approvalOf(one);
    const handle = stack.temporal.workflow.getHandle(one);
    await handle.signal("answer", "nonsense"); // passed over
    await handle.signal("answer", { callId, answer: "granted", by: "uma", reason: "" });
    await stack.temporal.workflow.getHandle(two).signal("answer", { answer: "refused" });
    expect(await stack.end(one)).toMatchObject({ status: "SUCCEEDED" });
    expect(await approvalOf(one)).toMatchObject({ state: "granted", answered_by: "uma" });
    expect(await stack.end(two)).toMatchObject({
      status: "FAILED",
      status_reason: `Temporal's UI said no to "Release it?"`,
    });
  });

  it("takes an update, and tells what is wrong with one", async () => {
    const id = await release();
    const handle = stack.temporal.workflow.getHandle(id);
    const update = (payload: unknown) => handle.executeUpdate("answer", { args: [payload] });
    const reasons = async (payload: unknown) =>
      update(payload).catch((error) => String(error.cause?.message ?? error.message));
    expect(await reasons({ answer: "yes" })).toContain('"answer" is "granted" or "refused"');
    expect(await reasons({ answer: "granted", callId: "x" })).toContain(
      "no question x is open; open: release.2",
    );
    expect(await update({ answer: "granted", by: "uma", reason: "fine" })).toBe("taken");
    expect(await stack.end(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(await approvalOf(id)).toMatchObject({ state: "granted", answered_by: "uma", reason: "fine" });
  });

  it("keeps an answer that came before the question", async () => {
    const id = await begin("later", {});
    await stack.until("select status = 'RUNNING' from action where id = $1", [id]);
    await stack.temporal.workflow.getHandle(id).signal("answer", { answer: "granted", by: "uma" });
    expect(await stack.end(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(await approvalOf(id)).toMatchObject({ state: "granted", answered_by: "uma" });
  });

  it("asks two things at once, each answered by its id", async () => {
    const id = await begin("twice", {});
    await stack.until("select count(*) = 2 from approval where action_id = $1", [id]);
    const several = await answer(id, { answer: "granted" });
    expect([several.status, JSON.stringify(several.body)]).toEqual([
      400,
      expect.stringContaining("asks 2 things at once"),
    ]);
    const { rows } = await stack.pool.query("select call_id from approval where action_id = $1", [id]);
    for (const { call_id } of rows) expect((await stack.cli("approve", id, "--call", call_id)).code).toBe(0);
    expect(await stack.end(id)).toMatchObject({ status: "SUCCEEDED" });
  });

  it("survives the worker: the question waits, an answer meanwhile is not lost", async () => {
    const id = await release();
    const pid = stack.pidOf("worker");
    process.kill(pid, "SIGKILL");
    expect((await answer(id, { answer: "granted" })).status).toBe(202);
    expect(await stack.end(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(stack.pidOf("worker")).not.toBe(pid);
  }, 60_000);
});

describe("lock", () => {
  const inAndOut = async () => {
    const found = await stack.pool.query(
      "select name, fields -> 'values' ->> 'name' as who from event where name in ('in', 'out') order by seq",
    );
    await stack.pool.query("delete from event where name in ('in', 'out')");
    return found.rows.map(({ name, who }) => `${who} ${name}`);
  };
  const queued = (id: string) =>
    stack.until("select count(*) = 1 from lock_request where action_id = $1", [id]);
  const noneLeft = () => stack.until("select count(*) = 0 from lock_request");
  const hold = async (name: string, inputs: Record<string, unknown> = {}) => {
    const id = await begin("guarded", { name, hold: "100ms", ...inputs });
    await queued(id);
    return id;
  };

  it("lets three runs in one after the other, in the order in which they came", async () => {
    const ids = [];
    for (const name of ["a", "b", "c"]) ids.push(await hold(name));
    for (const id of ids) expect(await stack.end(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(await inAndOut()).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
    await noneLeft();
  });

  it("gives up in time and leaves the queue to the others", async () => {
    const first = await hold("a", { hold: "1500ms" });
    const second = await hold("b", { patience: "200ms" });
    const third = await hold("c");
    expect(await stack.end(second)).toMatchObject({
      status: "FAILED",
      status_reason: '"b", "everything" were not free within 200ms',
    });
    for (const id of [first, third]) expect(await stack.end(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(await inAndOut()).toEqual(["a in", "a out", "c in", "c out"]);
    await noneLeft();
  });

  it("lets a cancelled run out of the queue at once, and a cancelled holder give its locks on", async () => {
    const first = await hold("a", { hold: "1h" });
    const second = await hold("b");
    const third = await hold("c");
    await stack.api("POST", `/v1/actions/${second}/cancel`);
    expect(await stack.end(second)).toMatchObject({ status: "CANCELLED" });
    await stack.api("POST", `/v1/actions/${first}/cancel`);
    expect(await stack.end(first)).toMatchObject({ status: "CANCELLED" });
    expect(await stack.end(third)).toMatchObject({ status: "SUCCEEDED" });
    expect(await inAndOut()).toEqual(["a in", "c in", "c out"]);
    await noneLeft();
  });

  it("frees what a terminated run held", async () => {
    const first = await hold("a", { hold: "1h" });
    const second = await hold("b");
    await stack.temporal.workflow.getHandle(first).terminate("by a test");
    const logger = pino({ level: "silent" });
    await reconcile({ pool: stack.pool, client: stack.temporal, logger, olderThanSeconds: 0 });
    expect(await stack.end(first)).toMatchObject({ status: "FAILED" });
    expect(await stack.end(second)).toMatchObject({ status: "SUCCEEDED" });
    await noneLeft();
  });
});

describe("override", () => {
  const grow = (count: number, ...more: string[]) =>
    stack.cli("run", "CLUSTER_SCALE_OUT", "cluster=shop", `count=${count}`, "--program", "works", ...more);
  const lastAction = async () =>
    (await stack.pool.query("select id, status, override from action order by seq desc limit 1")).rows[0];

  it("is refused without a reason, which the message asks for", async () => {
    const ran = await grow(3);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('someone with the role "operator" may override it (--override "reason")');
  });

  it("is kept with the action, with who and why, and told as an event", async () => {
    const ran = await grow(3, "--override", "the shop opens");
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    const { id, override } = await lastAction();
    expect(override).toMatchObject({ reason: "the shop opens", by: "local" });
    const shown = await stack.cli("show", "action", id);
    expect(shown.stdout).toContain(
      "small (small.before-1) overridden: at most 2 at once; overridden by local: the shop opens",
    );
    expect(shown.stdout).toContain("calm (calm.before-1) warned: one at a time");
    const events = await stack.cli("events", "--action", id);
    expect(events.stdout).toMatch(/policy\.overridden .*at most 2 at once; overridden by local/);
    expect(events.stdout).toMatch(/policy\.warned .*one at a time/);
  });

  it("refuses an empty reason", async () => {
    const body = { program: "works", action: "release", inputs: { what: "x" }, override: { reason: " " } };
    expect((await stack.api("POST", "/v1/actions", body)).status).toBe(400);
  });
});
