import type { GivenCall, TestNodeRef, TestStatement } from "../../grammar/plan-test.ts";
import { populate } from "./fake-world.ts";
import type { DriverScript } from "./scripted-drivers.ts";
import type { CaseState } from "./test-case.ts";

type Given = Exclude<TestStatement, { kind: "let" | "run" | "expect" }>;

/** A `given`: changes the world of a test, or what drivers and people do in it. */
export function give(state: CaseState, statement: Given): void {
  const { store, drivers, clock, locks } = state.fake;
  switch (statement.kind) {
    case "given_cluster": {
      const cluster = store.clusterNamed(statement.cluster);
      if (cluster !== undefined) populate(state.fake, cluster.id, Number(state.value(statement.count)));
      return;
    }
    case "given_node": {
      const { cluster, index } = placeOf(state, statement.node);
      const id = store.clusterNamed(cluster)?.id ?? "";
      const node = store.nodesOf(id).find((each) => each.index === index);
      if (node === undefined || node.physicalId === null) return; // the checker knows how many nodes there are
      if (statement.state === "missing") drivers.resources.lose(node.physicalId);
      else {
        if (statement.state === "broken") drivers.resources.break(node.physicalId);
        else drivers.resources.sicken(node.physicalId);
        store.setNode({ ...node, healthy: false, status: "ERROR" });
      }
      return;
    }
    case "given_call":
      drivers.scripts.push(scriptOf(state, statement));
      return;
    case "given_approval": {
      if (state.questions > 0) {
        state.answers.length = 0; // for the runs to come
        state.questions = 0;
      }
      const afterMs = statement.after === null ? 0 : Number(state.value(statement.after));
      state.answers.push({ answer: statement.answer, afterMs });
      return;
    }
    case "given_time":
      clock.set(statement.milliseconds);
      return;
    case "given_lock": {
      const name = String(state.value(statement.name));
      const holder = { actionId: "someone else", callId: `${name} ${clock.now()}` };
      locks.take({ ...holder, names: [name] });
      void clock.sleep(Number(state.value(statement.duration))).then(() => locks.release(holder));
      return;
    }
  }
}

function placeOf(state: CaseState, { cluster, index }: TestNodeRef) {
  return { cluster, index: Number(state.value(index)) };
}

function scriptOf(state: CaseState, { plugin, operation, node, effect, times }: GivenCall): DriverScript {
  const place = {
    plugin,
    operation,
    node: node === null ? null : placeOf(state, node),
    times: times === null ? null : Number(state.value(times)),
  };
  switch (effect.kind) {
    case "takes":
      return { ...place, effect: { kind: "takes", milliseconds: Number(state.value(effect.duration)) } };
    case "returns":
      return { ...place, effect: { kind: "returns", value: state.value(effect.value) } };
    case "fails": {
      const message =
        effect.message === null ? "it fails, as the test says" : String(state.value(effect.message));
      const code = effect.code === null ? "driver-error" : String(state.value(effect.code));
      return { ...place, effect: { kind: "fails", message, code, retryable: effect.retryable } };
    }
  }
}
