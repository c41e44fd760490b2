import type { Step } from "./steps.ts";

/** A cluster in peace: all of its nodes are there and well. */
export interface Peaceful {
  readonly size: number;
  readonly min: number;
  /** -1: no bound. */
  readonly max: number;
}

/**
 * What a request comes to for a cluster in peace, by Senlin's rules of sizes: how it is afterwards, `refused` for nothing
 * (at once, or by the action's failure), `null` where it isn't for this model to say.
 */
export function expectedOf(step: Step, before: Peaceful): Peaceful | "refused" | "gone" | null {
  const { size, min, max } = before;
  const within = (wanted: number, bounds = before): boolean =>
    wanted >= bounds.min && (bounds.max < 0 || wanted <= bounds.max);
  switch (step.do) {
    case "scale": {
      const count = step.count ?? 1;
      const wanted = step.direction === "out" ? size + count : size - count;
      return within(wanted) ? { ...before, size: wanted } : "refused";
    }
    case "resize": {
      const bounds = { size, min: step.min ?? min, max: step.max ?? max };
      const target = targetOf(step, size);
      if (bounds.max >= 0 && bounds.min > bounds.max) return "refused";
      if (target < 0) return null; // how far below is a matter of words
      if (within(target, bounds)) return { ...bounds, size: target };
      // with bounds of its own the request names what it breaks; without, it goes as far as the cluster's bounds allow
      if (step.strict || step.min !== undefined || step.max !== undefined)
        return step.strict ? "refused" : null;
      const cut = Math.max(min, max < 0 ? target : Math.min(max, target));
      return { ...bounds, size: cut };
    }
    case "delete":
      return "gone";
    case "check":
    case "recover":
    case "update":
    case "replace":
    case "attach":
    case "detach":
    case "disable":
      return before;
    default:
      return null;
  }
}

function targetOf({ type, number }: Extract<Step, { do: "resize" }>, size: number): number {
  if (type === "EXACT_CAPACITY") return number;
  if (type === "CHANGE_IN_CAPACITY") return size + number;
  const part = (size * number) / 100;
  if (Math.abs(part) >= 1) return size + Math.trunc(part);
  return size + (part > 0 ? Math.ceil(part) : Math.floor(part));
}
