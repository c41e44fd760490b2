import { DriverError, type NodeCall } from "./driver.ts";

/**
 * A batch as the sum of its parts, all at once: each node's answer, or its failure in the answer's place. Where the
 * outside takes many in one request, write that instead.
 */
export function each<Call extends NodeCall<unknown>, Result>(
  calls: readonly Call[],
  work: (call: Call) => Promise<Result>,
): Promise<(Result | DriverError)[]> {
  return Promise.all(
    calls.map(async (call) => {
      try {
        return await work(call);
      } catch (error) {
        if (error instanceof DriverError) return error;
        throw error;
      }
    }),
  );
}
