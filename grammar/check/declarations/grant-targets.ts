import type { Grant } from "../../plan.ts";

const host = String.raw`(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_][A-Za-z0-9_.-]*)(?::[0-9]{1,5})?`;

/** What the target of each permission looks like, and how a written one must. `null`: it has no target. */
const forms: Readonly<
  Record<Grant["capability"], { readonly example: string; readonly form: RegExp } | null>
> = {
  http: {
    example: "host:port",
    form: new RegExp(String.raw`^(?:[A-Z]+(?:,[A-Z]+)* +)?(?:https?://)?${host}(?:/[^\s?#\\]*)?$`),
  },
  socket: { example: "/path/to.sock", form: /^\/[^\0]*$/ },
  command: { example: "/path/to/executable", form: /^\/[^\0]*$/ },
  ssh: { example: "user@host:22", form: new RegExp(`^[A-Za-z0-9_][A-Za-z0-9_.-]*@${host}$`) },
  amqp: { example: "host:5672/vhost", form: new RegExp(String.raw`^(?:amqps?://)?${host}(?:/[^/?#\s]*)?$`) },
  keystone: {
    example: "https://host:5000/v3",
    form: new RegExp(String.raw`^https?://${host}(?:/[^\s?#\\]*)?$`),
  },
  aws: { example: "host:443", form: new RegExp(`^(?:https?://)?${host}$`) },
  state: null,
  reveal: null,
};

export const capabilities = Object.keys(forms) as readonly Grant["capability"][];

/** `host:port`; `null` for a permission without target. */
export function exampleTarget(capability: Grant["capability"]): string | null {
  return forms[capability]?.example ?? null;
}

/** Whether a target could ever cover something: the engine decides what it covers (`engine/host/broker`). */
export function isTarget(capability: Grant["capability"], target: string): boolean {
  return forms[capability]?.form.test(target) ?? false;
}
