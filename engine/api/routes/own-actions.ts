import type { Json } from "../../../grammar/plan.ts";
import {
  ownClusterActionNames as names,
  type OwnClusterActionName,
} from "../../actions/cluster-action-names.ts";
import type { Wanted } from "../../actions/request-action.ts";
import { type Microversion, senlinsLast } from "../microversion.ts";
import {
  badRequest,
  boolField,
  countField,
  enumField,
  type Field,
  listField,
  mapField,
  nullable,
  textField,
} from "../senlin-body/fields.ts";
import { type Fields, readFields } from "../senlin-body/read-body.ts";

/** An action that Senlin lacks: its fields are the built-in action's inputs. */
interface OwnAction {
  /** `CLUSTER_SUSPEND` */
  readonly action: string;
  readonly fields: Fields;
}

/** How many nodes at once. */
const batchField: Field<number> = {
  ...countField,
  check(value) {
    if (Number(value) < 1) throw badRequest("Value must be >= 1 for field 'batch_size'.");
  },
};

/** In batches: of so many nodes, with so many seconds between. */
const batches = {
  batch_size: { field: nullable(batchField) },
  pause_time: { field: nullable(countField) },
} as const satisfies Fields;

const someNodes = { nodes: { field: nullable(listField({ least: 1 })) } } as const satisfies Fields;

/** What there is to be more or less of: `{"flavor": "large"}`. */
const properties = { properties: { field: mapField, required: true } } as const satisfies Fields;

/** A time to come: `2026-12-01T12:00:00Z`. */
const untilField: Field<string> = {
  ...textField,
  check(value) {
    const time = Date.parse(String(value));
    if (Number.isNaN(time)) throw badRequest(`Value '${String(value)}' is not a time for field 'until'.`);
    if (time <= Date.now()) throw badRequest(`The time '${String(value)}' for field 'until' is over.`);
  },
};

const enabled = { enabled: { field: nullable(boolField) } } as const satisfies Fields;
const maintenance = { ...enabled, until: { field: nullable(untilField) } } as const satisfies Fields;

/** The second set's profile, by any identity, and how many seconds it has to stay well. */
const blueGreen = {
  profile_id: { field: textField, required: true },
  soak: { field: nullable(countField) },
} as const satisfies Fields;

/** `POST /v1/clusters/{id}/actions` from 1.15 on, beside Senlin's. */
export const ownClusterActions = {
  suspend: { action: names.suspend, fields: { ...someNodes, ...batches } },
  resume: { action: names.resume, fields: { ...someNodes, ...batches } },
  scale_vertically: {
    action: names.scale_vertically,
    fields: { ...properties, ...someNodes, ...batches },
  },
  blue_green: { action: names.blue_green, fields: blueGreen },
  replace_old: {
    action: names.replace_old,
    fields: { older_than: { field: countField, required: true }, ...batches },
  },
  fill_standby: {
    action: names.fill_standby,
    fields: {
      size: { field: countField, required: true },
      state: { field: nullable(enumField(["suspended", "stopped"])) },
    },
  },
  override: {
    action: names.override,
    fields: { action: { field: textField, required: true }, by: { field: nullable(textField) } },
  },
  maintain: { action: names.maintain, fields: maintenance },
} as const satisfies Readonly<Record<OwnClusterActionName, OwnAction>>;

/** `POST /v1/nodes/{id}/actions` from 1.15 on, beside Senlin's. */
export const ownNodeActions = {
  suspend: { action: "NODE_SUSPEND", fields: {} },
  resume: { action: "NODE_RESUME", fields: {} },
  scale_vertically: { action: "NODE_SCALE_VERTICALLY", fields: properties },
  protect: { action: "NODE_PROTECT", fields: enabled },
  maintain: { action: "NODE_MAINTAIN", fields: maintenance },
} as const satisfies Readonly<Record<string, OwnAction>>;

/** Whether one of these actions has the name, at this microversion. */
export function isOwn<Name extends string>(
  actions: Readonly<Record<Name, OwnAction>>,
  name: string,
  microversion: Microversion,
): name is Name {
  return microversion > senlinsLast && Object.hasOwn(actions, name);
}

/** What the body of one asks for. */
export function readOwnAction(
  { action, fields }: OwnAction,
  data: Readonly<Record<string, Json>>,
  microversion: Microversion,
): Wanted {
  return { action, inputs: readFields(data, fields, microversion) as Readonly<Record<string, Json>> }; // fields read JSON
}
