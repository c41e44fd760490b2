import { Agent, request } from "undici";
import type { Account } from "../../test/support/keystone.ts";
import type { System } from "./system.ts";

/** Speaks to a system in somebody's name. */
export interface Client {
  readonly account: Account;
  readonly system: System;
  call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly body: Record<string, Record<string, unknown>>;
  /** The id of the action that was accepted. */
  readonly action: string;
}

/** A client with connections of its own; throws what a refusal says. */
export function newClient(system: System, account: Account): Client {
  const agent = new Agent({ connections: 64, keepAliveTimeout: 1000, headersTimeout: 0, bodyTimeout: 0 });
  return {
    account,
    system,
    async call(method, path, body) {
      const response = await request(`${system.url}${path}`, {
        dispatcher: agent,
        method,
        headers: {
          "x-auth-token": account.token,
          "openstack-api-version": "clustering 1.14",
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const said = await response.body.text();
      if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${response.statusCode} ${said}`);
      const location = String(response.headers["location"] ?? "");
      return { body: said === "" ? {} : JSON.parse(said), action: location.split("/").at(-1) ?? "" };
    },
    close: () => agent.close(),
  };
}

const limitSeconds = 600;

/** Looks at something every few milliseconds until it is as it should be; both systems are asked as often. */
export async function until(what: string, look: () => Promise<boolean>, everyMs = 10): Promise<void> {
  for (const end = performance.now() + limitSeconds * 1000; !(await look()); ) {
    if (performance.now() > end) throw new Error(`${what} took more than ${limitSeconds} s`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Waits for an action's end, which must be success. */
export async function done(client: Client, action: string): Promise<void> {
  await until(`action ${action}`, async () => {
    const { status, status_reason: reason } =
      (await client.call("GET", `/v1/actions/${action}`)).body["action"] ?? {};
    if (status === "FAILED" || status === "CANCELLED")
      throw new Error(`action ${action} is ${status}: ${reason}`);
    return status === "SUCCEEDED";
  });
}

/** Creates a cluster, and returns when it is ACTIVE; looks every `everyMs`. */
export async function createActive(
  client: Client,
  name: string,
  profile: string,
  nodes: number,
  everyMs?: number,
): Promise<string> {
  const cluster = { name, profile_id: profile, desired_capacity: nodes, max_size: 1000 };
  const { body } = await client.call("POST", "/v1/clusters", { cluster });
  const id = String(body["cluster"]?.["id"]);
  await until(
    `cluster ${name}`,
    async () => {
      const { status, status_reason: reason } =
        (await client.call("GET", `/v1/clusters/${id}`)).body["cluster"] ?? {};
      if (status === "ERROR" || status === "WARNING")
        throw new Error(`cluster ${name} is ${status}: ${reason}`);
      return status === "ACTIVE";
    },
    everyMs,
  );
  return id;
}

/** Deletes a cluster, and returns when it's gone. */
export async function remove(client: Client, id: string): Promise<void> {
  await done(client, (await client.call("DELETE", `/v1/clusters/${id}`)).action);
}
