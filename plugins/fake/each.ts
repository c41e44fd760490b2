import { DriverError, type NodeCall } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { hasBug } from "./settings.ts";

/** A batch as the sum of its parts: each node's answer, or its failure in the answer's place. */
export async function each<Call extends NodeCall<unknown>, Result>(
  host: Host,
  calls: readonly Call[],
  work: (call: Call) => Promise<Result>,
): Promise<(Result | DriverError)[]> {
  const outcomeOf = async (call: Call): Promise<Result | DriverError> => {
    try {
      return await work(call);
    } catch (error) {
      if (error instanceof DriverError) return error;
      throw error;
    }
  };
  const half = hasBug(host, "half_batch") && calls.length > 1;
  const outcomes = await Promise.all((half ? calls.slice(0, -1) : calls).map(outcomeOf));
  return half ? [...outcomes, ...outcomes.slice(-1)] : outcomes;
}
