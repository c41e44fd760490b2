import type { ConsultOutcome, ConsultRequest } from "../activities.ts";
import { expectFits } from "../payload-size.ts";
import type { Frame, Run } from "../run.ts";

/** One call of a policy type, in an activity of its own. */
export async function consultPlugin(
  run: Run,
  frame: Pick<Frame, "shielded">,
  q: Omit<ConsultRequest, "actionId" | "planHash">,
): Promise<ConsultOutcome> {
  const request: ConsultRequest = { actionId: run.start.action.id, planHash: run.plan.hash, ...q };
  expectFits("what a policy is asked", request);
  const summary = `${q.plugin}.${q.policy} · ${q.operation} · ${q.place}`;
  return await run.lanes.submit({
    kind: "outside",
    key: q.callId,
    request,
    batchSize: () => 1,
    run: async () => [await run.effects.consult(request, { summary, shielded: frame.shielded })],
  });
}
