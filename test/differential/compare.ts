import type { Observation } from "./observe.ts";

/** What two runtimes disagree about, for people; `null` when they agree. */
export function differenceOf(
  a: Observation,
  b: Observation,
  names: readonly [string, string],
  sequential: boolean,
): string | null {
  const shown = (each: Observation) =>
    sequential ? withoutNumbers(each) : withoutOrder(withoutNumbers(each));
  const [left, right] = [shown(a), shown(b)];
  for (const part of ["end", "calls", "events", "decisions", "state"] as const) {
    const found = firstDifference(left[part], right[part], names);
    if (found !== null) return `${part} differ:\n${found}`;
  }
  return null;
}

function firstDifference(
  a: readonly string[],
  b: readonly string[],
  [left, right]: readonly [string, string],
): string | null {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    if (a[index] === b[index]) continue;
    const before = a.slice(Math.max(0, index - 3), index).map((line) => `    ${line}`);
    return [
      ...before,
      `  ${left}: ${a[index] ?? "(nothing)"}`,
      `  ${right}: ${b[index] ?? "(nothing)"}`,
    ].join("\n");
  }
  return null;
}

/** Resources are numbered as they are made: of several at once, one that is made at its second try gets a later number. */
function withoutNumbers(observation: Observation): Observation {
  return { ...observation, calls: observation.calls.map((line) => line.replaceAll(/"fake-\d+"/g, '"fake"')) };
}

/** Side by side, only the order on each node is decided; what else happened is compared as a set. */
function withoutOrder(observation: Observation): Observation {
  const byNode = (line: string) => line.slice(0, line.indexOf(" "));
  const calls = observation.calls.map((line, index) => ({ line, index, node: byNode(line) }));
  calls.sort(
    (x, y) => compare(x.node, y.node) || (x.node === "-" ? compare(x.line, y.line) : x.index - y.index),
  );
  return {
    ...observation,
    // Several cleanups that fail side by side are told in the order in which they failed.
    end: observation.end.map((line) => {
      const [first = "", ...faults] = line.split("; undo ");
      return [first, ...faults.sort()].join("; undo ");
    }),
    calls: calls.map(({ line }) => line),
    events: observation.events.toSorted(),
    decisions: observation.decisions.toSorted(),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
