import type { Plan, Value } from "../../grammar/plan.ts";
import type { OutboxEntry } from "../store/outbox.ts";

/** One line for Temporal's list of runs: `resize storefront 3 → 5`, `roll storefront (image: "shop/web:2")`. */
export function summaryOf(entry: OutboxEntry): string {
  const verb = entry.action_name
    .replace(/^CLUSTER_/, "")
    .toLowerCase()
    .replaceAll("_", " ");
  const name = entry.action_name.startsWith("CLUSTER_") ? verb : entry.action_name;
  const size = entry.inputs["size"];
  if (entry.action_name === "CLUSTER_RESIZE" && typeof size === "number" && entry.cluster_size !== null) {
    return cut(`${name} ${entry.target_name} ${entry.cluster_size} → ${size}`);
  }
  const shown = Object.entries(entry.inputs)
    .filter(([, value]) => !isReference(value))
    .map(([input, value]) => `${input}: ${JSON.stringify(value)}`);
  return cut(`${name} ${entry.target_name}${shown.length === 0 ? "" : ` (${shown.join(", ")})`}`.trim());
}

/** The details page of a run, in Markdown: what the action is for, where it is written, and who asked. */
export function detailsOf(entry: OutboxEntry, plan: Plan | null): string {
  const lines: string[] = [];
  const action = plan?.actions[entry.action_name];
  if (action?.doc) lines.push(action.doc, "");
  if (action !== undefined) {
    const file = plan?.files[action.at.file];
    lines.push(`\`${file?.path}:${action.at.line}\``, "");
    const source = file?.lines[action.at.line];
    // not as a block: the UI cuts its long lines off
    if (source !== undefined)
      lines.push(
        `\`${source
          .trim()
          .replace(/\s*\{$/, "")
          .replaceAll("`", "'")}\``,
        "",
      );
  }
  lines.push(
    `Asked for by ${entry.requested_by} (${entry.cause}). Plan \`${entry.plan_hash.slice(0, 12)}\`.`,
  );
  return lines.join("\n").slice(0, 15_000);
}

function isReference(value: Value): boolean {
  return typeof value === "object" && value !== null && ("$cluster" in value || "$node" in value);
}

/** Temporal takes at most 400 bytes; a list shows far fewer. */
function cut(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
