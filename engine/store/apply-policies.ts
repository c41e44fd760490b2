import type { Json, PlanBinding } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** A policy that a program declares. */
export interface DeclaredPolicy {
  readonly name: string;
  /** Values of its parameters that have defaults. */
  readonly properties: Readonly<Record<string, Json>>;
}

/** The public name of the type of every policy that a program declares. */
export const declaredPolicyType = { type: "coppice.policy", version: "1.0" } as const;

/** Brings the policies of a program to those that it declares; one that a cluster still has stays. */
export async function applyPolicies(
  db: Queryable,
  q: { projectId: string; userId: string; program: string; policies: readonly DeclaredPolicy[] },
): Promise<void> {
  const { type, version } = declaredPolicyType;
  const declared = q.policies.map(({ name, properties }) => {
    return { name, spec: { type, version, properties } };
  });
  const text = `
    insert into policy as p (id, project_id, user_id, name, type, spec, program, definition)
    select gen_random_uuid(), $1, $2, d.name, $5, d.spec, $3, d.name
    from jsonb_to_recordset($4::jsonb) as d (name text, spec jsonb)
    on conflict (project_id, program, name) where program is not null
    do update set spec = excluded.spec, updated_at = now() where p.spec <> excluded.spec`;
  const values = [q.projectId, q.userId, q.program, toJsonColumn(declared), `${type}-${version}`];
  await db.query({ name: "apply-policies", text, values });
}

/** Deletes policies of a program that it declares no more and that no cluster has; returns their ids. */
export async function deleteDroppedPolicies(
  db: Queryable,
  q: { projectId: string; program: string; names: readonly string[] },
): Promise<string[]> {
  const text = `
    delete from policy p
    where p.project_id = $1 and p.program = $2 and p.name <> all ($3)
      and not exists (select from binding b where b.policy_id = p.id)
    returning p.id`;
  const values = [q.projectId, q.program, q.names];
  const gone = await db.query<{ id: string }>({ name: "delete-dropped-policies", text, values });
  return gone.rows.map(({ id }) => id);
}

/**
 * Brings the bindings of a program's cluster to its list. What a binding keeps (when it last had an effect, its data,
 * whether it is enabled) stays with the policy; bindings that requests made of other policies are left alone.
 */
export async function applyBindings(
  db: Queryable,
  q: {
    projectId: string;
    program: string;
    clusterId: string;
    policies: readonly Pick<PlanBinding, "policy" | "arguments" | "enforce">[];
  },
): Promise<void> {
  const text = `
    with wanted as (
      select p.id as policy_id, w.position, w.item -> 'arguments' as arguments, w.item -> 'enforce' as enforce,
        row_number() over (partition by p.id order by w.position) as nth
      from jsonb_array_elements($4::jsonb) with ordinality as w (item, position)
      join policy p on p.project_id = $1 and p.program = $2 and p.name = w.item ->> 'policy'
    ), there as (
      select b.id, b.policy_id, row_number() over (partition by b.policy_id order by b.position, b.id) as nth
      from binding b
      join policy p on p.id = b.policy_id
      where b.cluster_id = $3 and p.program = $2
    ), kept as (
      update binding b set position = w.position, arguments = w.arguments, enforce = w.enforce
      from wanted w
      join there t on t.policy_id = w.policy_id and t.nth = w.nth
      where b.id = t.id
      returning b.id
    ), dropped as (
      delete from binding b
      using there t
      where b.id = t.id
        and not exists (select from wanted w where w.policy_id = t.policy_id and w.nth = t.nth)
    )
    insert into binding (id, project_id, cluster_id, policy_id, position, arguments, enforce)
    select gen_random_uuid(), $1, $3, w.policy_id, w.position, w.arguments, w.enforce
    from wanted w
    where not exists (select from there t where t.policy_id = w.policy_id and t.nth = w.nth)`;
  const values = [q.projectId, q.program, q.clusterId, toJsonColumn(q.policies)];
  await db.query({ name: "apply-bindings", text, values });
}
