import { toJsonColumn } from "./json-column.ts";
import { pageLimit } from "./page.ts";
import type { Queryable } from "./pool.ts";

/** One version of a program. */
export interface ProgramRow {
  readonly project_id: string;
  readonly name: string;
  /** From 1; the highest is current. */
  readonly version: number;
  readonly plan_hash: string;
  readonly applied_by: string;
  readonly path: string;
  readonly text: string;
  /** The imported files as they were. */
  readonly imports: readonly { readonly path: string; readonly text: string }[];
  readonly parameters: Readonly<Record<string, string>>;
  /** The version that a rollback brought back with this one; `null` for one that was applied from its text. */
  readonly restores: number | null;
  readonly created_at: Date;
}

const programColumns =
  "project_id, name, version, plan_hash, applied_by, path, text, imports, parameters, restores, created_at";

/** The current version of a project's program; `null` when none was applied. */
export async function findProgram(
  db: Queryable,
  q: { projectId: string; name: string },
): Promise<ProgramRow | null> {
  const text = `
    select ${programColumns} from program where project_id = $1 and name = $2 order by version desc limit 1`;
  const values = [q.projectId, q.name];
  return (await db.query<ProgramRow>({ name: "find-program", text, values })).rows[0] ?? null;
}

/** One page of a project's programs, each in its current version, by name, after the name `marker`. */
export async function listPrograms(
  db: Queryable,
  q: { projectId: string; limit: number; marker: string | null },
): Promise<ProgramRow[]> {
  const text = `
    select distinct on (name) ${programColumns}
    from program
    where project_id = $1 and ($2::text is null or name > $2)
    order by name, version desc
    limit $3`;
  const values = [q.projectId, q.marker, pageLimit(q)];
  return (await db.query<ProgramRow>({ name: "list-programs", text, values })).rows;
}

/** One version of a project's program; `null` when it has none of this number. */
export async function findProgramVersion(
  db: Queryable,
  q: { projectId: string; name: string; version: number },
): Promise<ProgramRow | null> {
  const text = `select ${programColumns} from program where project_id = $1 and name = $2 and version = $3`;
  const values = [q.projectId, q.name, q.version];
  return (await db.query<ProgramRow>({ name: "find-program-version", text, values })).rows[0] ?? null;
}

/** The number of the version whose plan this was when an action was accepted; `null` when there is none. */
export async function findVersionOfPlan(
  db: Queryable,
  q: { projectId: string; name: string; planHash: string; until: Date },
): Promise<number | null> {
  const text = `
    select version from program
    where project_id = $1 and name = $2 and plan_hash = $3
    order by created_at > $4, version desc
    limit 1`;
  const values = [q.projectId, q.name, q.planHash, q.until];
  const found = await db.query<{ version: number }>({ name: "find-version-of-plan", text, values });
  return found.rows[0]?.version ?? null;
}

/** A version as lists show it, with how many actions that have not ended run its plan. */
export type ProgramVersionRow = Omit<ProgramRow, "text" | "imports" | "parameters"> & {
  readonly running: number;
};

/** One page of a program's versions, newest first, below the version `before` when it is named. */
export async function listProgramVersions(
  db: Queryable,
  q: { projectId: string; name: string; limit: number; before: number | null },
): Promise<ProgramVersionRow[]> {
  const text = `
    select v.project_id, v.name, v.version, v.plan_hash, v.applied_by, v.path, v.restores, v.created_at,
      (select count(*)::integer from action a
       where a.project_id = v.project_id and a.program = v.name and a.plan_hash = v.plan_hash
         and a.status in ('READY', 'RUNNING')) as running
    from program v
    where v.project_id = $1 and v.name = $2 and ($3::integer is null or v.version < $3)
    order by v.version desc
    limit $4`;
  const values = [q.projectId, q.name, q.before, pageLimit(q)];
  return (await db.query<ProgramVersionRow>({ name: "list-program-versions", text, values })).rows;
}

/** Adds a version of a program; its plan is there already. */
export async function insertProgram(db: Queryable, q: Omit<ProgramRow, "created_at">): Promise<void> {
  const text = `
    insert into program (project_id, name, version, plan_hash, applied_by, path, text, imports, parameters,
      restores)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
  const head = [q.project_id, q.name, q.version, q.plan_hash, q.applied_by, q.path, q.text];
  const values = [...head, ...[q.imports, q.parameters].map(toJsonColumn), q.restores];
  await db.query({ name: "insert-program", text, values });
}

/** One at a time may apply a project's program; held until the transaction ends. */
export async function lockProgram(db: Queryable, q: { projectId: string; name: string }): Promise<void> {
  const text = "select pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 670411002))";
  await db.query({ name: "lock-program", text, values: [q.projectId, q.name] });
}
