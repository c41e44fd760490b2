import { showValue } from "../../grammar/evaluate/show-value.ts";
import type {
  ArgumentsStep,
  BatchStep,
  ChooseStep,
  DenyStep,
  GiveStep,
  LimitStep,
  PlaceStep,
  Value,
  WarnStep,
} from "../../grammar/plan.ts";
import { argumentsOf, type Frame, type Run, valueIn } from "../run.ts";
import { batch, choose, type Deciding, deny, keepDecision, limit, place } from "./decisions.ts";

/** What only a policy may say: each is kept with the action, with its reason and its line. */
export function decide(
  run: Run,
  frame: Frame,
  step: DenyStep | WarnStep | LimitStep | ChooseStep | PlaceStep | BatchStep | ArgumentsStep | GiveStep,
): void {
  const { hook } = frame;
  if (hook === null) return; // the checker allows these steps only in hooks
  const q: Deciding = { run, hook, at: step.at };
  const value = (expression: Parameters<typeof valueIn>[2]) => valueIn(run, frame, expression);
  switch (step.kind) {
    case "deny":
      if (step.when === null || value(step.when) === true) deny(q, String(value(step.reason)));
      return;
    case "warn":
      if (step.when === null || value(step.when) === true)
        keepDecision(q, "warned", String(value(step.message)));
      return;
    case "limit":
      limit(q, value(step.count) as number);
      return;
    case "choose": {
      const nodes = value(step.nodes) as readonly { readonly $node: string }[];
      choose(
        q,
        nodes.map((node) => node.$node),
      );
      return;
    }
    case "place": {
      const table = (of: PlaceStep["weights"] | undefined) =>
        of === null || of === undefined ? {} : (value(of) as Readonly<Record<string, Value>>);
      const { property, key = null, across, weights, caps } = step;
      place(q, { property, key }, value(across) as readonly string[], table(weights), table(caps));
      return;
    }
    case "arguments": {
      const values = argumentsOf(run, frame, step.arguments);
      hook.arguments = { ...hook.arguments, ...values };
      hook.request = hook.requestWith(hook.arguments);
      hook.show();
      const told = Object.entries(values).map(([name, given]) => `${name}: ${showValue(given, "json")}`);
      keepDecision(q, "changed", told.join(", "));
      return;
    }
    case "give": {
      const properties = value(step.properties) as Readonly<Record<string, Value>>;
      hook.placements.push({ clusterId: hook.clusterId, properties });
      keepDecision(q, "placed", `new nodes get ${showValue(properties, "json")}`);
      return;
    }
    case "batch":
      batch(q, {
        size: value(step.size) as number,
        pauseMs: step.pause === null ? 0 : (value(step.pause) as number),
        ...(step.window !== undefined && { window: value(step.window) as number }),
        ...(step.rows !== undefined && { rows: value(step.rows) as number }),
      });
      return;
  }
}
