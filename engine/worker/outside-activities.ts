import type { OutsideActivities } from "../../workflows/activities.ts";
import type { CallTools } from "./call-tools.ts";
import { consultPolicy } from "./consult-policy.ts";
import { holdShared } from "./hold-shared.ts";
import { invokeFunction } from "./invoke-function.ts";
import { operateNodes } from "./operate-nodes.ts";
import { waitUntil } from "./wait-until.ts";

/** The activities that reach outside, over one worker's tools. */
export function createOutsideActivities(tools: CallTools): OutsideActivities {
  return {
    operateNodes: (q) => operateNodes(tools, q),
    waitUntil: (q) => waitUntil(tools, q),
    invokeFunction: (q) => invokeFunction(tools, q),
    consultPolicy: (q) => consultPolicy(tools, q),
    shareLock: (q) => holdShared(tools, q),
  };
}
