import type { Json } from "../../../grammar/plan.ts";
import type { SpecType } from "../spec-type.ts";

const share = "as a number, 3, or as a percentage of the wanted size, 80%, rounded up";

/** How few of a cluster's nodes may be well, whatever is done with it. Ours. */
export const disruptionBudget: SpecType = {
  type: "coppice.policy.disruption_budget",
  versions: ["1.0"],
  support_status: { "1.0": [{ status: "SUPPORTED", since: "2026.11" }] },
  properties: {
    min_available: { type: "String", doc: `Nodes that have to stay well, ${share}; none when left out` },
    max_unavailable: {
      type: "String",
      doc: `Nodes that may be ill at once, ${share}; any number when left out`,
    },
  },
};

/** What the library's policy is given: numbers and percentages have names of their own there. A text: what is wrong. */
export function budgetArguments(
  properties: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> | string {
  const given: Record<string, Json> = {};
  for (const [name, value] of Object.entries(properties)) {
    const [, digits = "", sign] = /^(\d{1,6})(%?)$/.exec(String(value).trim()) ?? [];
    const number = Number(digits);
    if (digits === "" || number > (sign === "%" ? 100 : most))
      return `'${value}' of '${name}' is neither a number of nodes from 0 to ${most}, like 3, nor a percentage from 0% to 100%, like 80%`;
    given[sign === "%" ? `${name}_percent` : name] = number;
  }
  return given;
}

const most = 100_000;
