import type { DriverError, NodeCall } from "../sdk/driver.ts";
import { each as eachOf } from "../sdk/each.ts";
import type { Host } from "../sdk/host.ts";
import { hasBug } from "./settings.ts";

/** `each` of the sdk, but for the bug that forgets the last node and says that it is done. */
export async function each<Call extends NodeCall<unknown>, Result>(
  host: Host,
  calls: readonly Call[],
  work: (call: Call) => Promise<Result>,
): Promise<(Result | DriverError)[]> {
  const half = hasBug(host, "half_batch") && calls.length > 1;
  const outcomes = await eachOf(half ? calls.slice(0, -1) : calls, work);
  return half ? [...outcomes, ...outcomes.slice(-1)] : outcomes;
}
