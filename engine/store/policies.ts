import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { ListedKind } from "./list-rows.ts";
import type { Queryable } from "./pool.ts";

/** A policy as its users see it. */
export interface PolicyRow {
  readonly id: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly domain_id: string | null;
  readonly name: string;
  /** `senlin.policy.scaling-1.0` */
  readonly type: string;
  readonly spec: Readonly<Record<string, Json>>;
  readonly data: Readonly<Record<string, Json>>;
  /** The program that declares it; `null` for one that was made by a request. */
  readonly program: string | null;
  /** Its name among the policies of the plan. */
  readonly definition: string;
  readonly arguments: Readonly<Record<string, Json>>;
  readonly created_at: Date;
  readonly updated_at: Date | null;
}

const policyFields = `p.id, p.project_id, p.user_id, p.domain_id, p.name, p.type, p.spec, p.data, p.program, p.definition,
  p.arguments, p.created_at, p.updated_at`;

/** How users list policies. */
export const listedPolicies: ListedKind = {
  from: "policy p",
  fields: policyFields,
  sortKeys: { type: "p.type", name: "p.name", created_at: "p.created_at", updated_at: "p.updated_at" },
  filters: { name: "p.name", type: "p.type", program: "p.program" },
  shared: { kind: "policy", id: "p.id" },
};

/** Adds a policy that was made by a request. */
export async function insertPolicy(
  db: Queryable,
  q: {
    id: string;
    projectId: string;
    userId: string;
    domainId: string | null;
    name: string;
    type: string;
    spec: Readonly<Record<string, Json>>;
    definition: string;
    arguments: Readonly<Record<string, Json>>;
  },
): Promise<PolicyRow> {
  const text = `
    insert into policy as p (id, project_id, user_id, domain_id, name, type, definition, spec, arguments)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    returning ${policyFields}`;
  const head = [q.id, q.projectId, q.userId, q.domainId, q.name, q.type, q.definition];
  const values = [...head, toJsonColumn(q.spec), toJsonColumn(q.arguments)];
  return (await db.query<PolicyRow>({ name: "insert-policy", text, values })).rows[0]!;
}

/** What a policy that was made by a request is: its definition, and what it was made with. */
export async function findPolicyKind(
  db: Queryable,
  q: { policyId: string },
): Promise<Pick<PolicyRow, "definition" | "arguments"> | null> {
  const text = "select definition, arguments from policy where id::text = $1 and program is null";
  const values = [q.policyId];
  const found = await db.query<Pick<PolicyRow, "definition" | "arguments">>({
    name: "find-policy-kind",
    text,
    values,
  });
  return found.rows[0] ?? null;
}

/** Renames a policy; `null` when it is gone. */
export async function renamePolicy(
  db: Queryable,
  q: { projectId: string; id: string; name: string },
): Promise<PolicyRow | null> {
  const text = `
    update policy p set name = $3, updated_at = now()
    where p.id = $1 and p.project_id = $2
    returning ${policyFields}`;
  const values = [q.id, q.projectId, q.name];
  return (await db.query<PolicyRow>({ name: "rename-policy", text, values })).rows[0] ?? null;
}
