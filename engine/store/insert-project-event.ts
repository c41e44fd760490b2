import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn, toTextColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";
import type { EventRow } from "./rows.ts";

/** Adds an event of a project that belongs to no action. */
export async function insertProjectEvent(
  db: Queryable,
  q: {
    projectId: string;
    level: EventRow["level"];
    name: string;
    message: string;
    fields: Json;
  },
): Promise<void> {
  const text = "insert into event (project_id, level, name, message, fields) values ($1, $2, $3, $4, $5)";
  const values = [q.projectId, q.level, q.name, toTextColumn(q.message), toJsonColumn(q.fields)];
  await db.query({ name: "insert-project-event", text, values });
}
