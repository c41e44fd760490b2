import type { Json } from "../../../grammar/plan.ts";
import { checkValue } from "../../../plugins/sdk/check-values.ts";
import { HostFailure } from "../plugin-host.ts";
import type { BrokerCall, Brokered, Capability } from "./broker-call.ts";
import { requireGrant } from "./grants.ts";
import { shown } from "./shown.ts";
import { StateQuota } from "./state-quota.ts";
import type { StateStore } from "./state-store.ts";

const keyAtMost = 512;
const valueAtMost = 64 * 1024;
const listAtMost = 1000;

/** `host.state`: a plugin's own records, never another plugin's or project's. */
export function stateCapability(store: StateStore): Capability {
  const quota = new StateQuota(store);
  return {
    target(input) {
      const q = (input ?? {}) as { do?: unknown; key?: unknown; prefix?: unknown };
      return `${shown(q.do, 20)} ${shown(q.key ?? q.prefix ?? "", 200)}`;
    },
    async run(call, input) {
      requireGrant(call, "state", null);
      return act(store, quota, call, (input ?? {}) as Record<string, unknown>);
    },
  };
}

async function act(
  store: StateStore,
  quota: StateQuota,
  call: BrokerCall,
  q: Record<string, unknown>,
): Promise<Brokered> {
  const scope = { projectId: call.projectId, plugin: call.manifest.name };
  switch (q["do"]) {
    case "get":
      return answer((await store.get(scope, key(q["key"]))) ?? null);
    case "set": {
      const { value, bytes } = checked(q["value"]);
      const name = key(q["key"]);
      await quota.requireRoom(scope);
      await store.set(scope, name, value);
      return { value: null, bytesOut: bytes };
    }
    case "compareAndSet": {
      const { value, bytes } = checked(q["value"]);
      const name = key(q["key"]);
      const expected = checked(q["expected"]).value;
      await quota.requireRoom(scope);
      const done = await store.compareAndSet(scope, name, expected, value);
      return { value: done, bytesOut: bytes };
    }
    case "delete":
      await store.delete(scope, key(q["key"]));
      return { value: null };
    case "list": {
      const prefix = q["prefix"] === "" ? "" : key(q["prefix"]);
      return answer((await store.list(scope, prefix, listAtMost)) as unknown as Json);
    }
    default:
      throw bad(`state has no operation ${shown(q["do"], 50)}`);
  }
}

function answer(value: Json): Brokered {
  return { value, bytesIn: JSON.stringify(value).length };
}

function key(value: unknown): string {
  if (typeof value !== "string" || value === "" || value.length > keyAtMost || value.includes("\0"))
    throw bad(`a key is text of 1 to ${keyAtMost} characters`);
  return value;
}

/** `undefined` counts as `null`, as in JSON. */
function checked(value: unknown): { value: Json; bytes: number } {
  const copy = checkValue({ type: "Any" }, value ?? null, "value");
  if (!copy.ok) throw bad(copy.problems.map((p) => `${p.path} ${p.message}`).join("; "));
  const bytes = Buffer.byteLength(JSON.stringify(copy.value));
  if (bytes > valueAtMost) throw bad(`a value of ${bytes} bytes is over the limit of 64 KiB`);
  if (JSON.stringify(copy.value).includes("\\u0000")) throw bad("a value can't hold the character U+0000");
  return { value: copy.value, bytes };
}

function bad(message: string): HostFailure {
  return new HostFailure(message, { code: "bad-request", retryable: false });
}
