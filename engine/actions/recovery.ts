import type { Json } from "../../grammar/plan.ts";
import { pythonText } from "../specs/python-text.ts";
import { Refusal } from "./refusal.ts";
import type { Wanted } from "./request-action.ts";

const operations: readonly string[] = ["REBOOT", "REBUILD", "RECREATE"];
const rebootTypes: readonly string[] = ["SOFT", "HARD"];

/** What a recovery may say beside its operation. */
const further = {
  CLUSTER_RECOVER: ["check", "check_capacity"],
  NODE_RECOVER: ["check", "delete_timeout", "force_recreate"],
} as const;

/** CLUSTER_RECOVER or NODE_RECOVER (senlin: conductor/service.py, _get_operation_params). */
export function recovery(action: keyof typeof further, given: Readonly<Record<string, Json>>): Wanted {
  const shown: Record<string, Json> = {};
  const { operation, operation_params: params, ...others } = given;
  const rest: Record<string, Json> = { ...others };
  if (operation !== undefined) {
    shown["operation"] = expectOperation(operation);
    if (params !== undefined) shown["operation_params"] = expectParameters(operation, params);
  } else if (params !== undefined) rest["operation_params"] = params;
  for (const key of further[action]) {
    if (rest[key] === undefined) continue;
    shown[key] = rest[key];
    delete rest[key];
  }
  const unknown = Object.keys(given).filter((key) => key in rest);
  if (unknown.length > 0) throw invalid(`Action parameter ${pythonText(unknown)} is not recognizable.`);
  return { action, inputs: { ...shown, ...inputsOf(shown) }, shown };
}

/** Of the run: letter case and words for truth don't matter there. */
function inputsOf(shown: Readonly<Record<string, Json>>): Record<string, Json> {
  const {
    operation,
    operation_params: params,
    check,
    check_capacity: capacity,
    force_recreate: force,
  } = shown;
  const type = typeof params === "object" && params !== null && "type" in params ? params.type : undefined;
  return {
    ...(typeof type === "string" && {
      operation_params: { ...(params as object), type: type.toUpperCase() },
    }),
    ...(typeof operation === "string" && { operation: operation.toUpperCase() }),
    ...(check !== undefined && { check: isTrue(check) }),
    ...(capacity !== undefined && { check_capacity: capacity === true }),
    ...(force !== undefined && { force_recreate: isTrue(force) }),
  };
}

/** As Python takes a value for true or false. */
function isTrue(value: Json): boolean {
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}

function expectOperation(value: Json): string {
  if (typeof value !== "string") throw invalid("operation has to be a string.");
  if (operations.includes(value.toUpperCase())) return value;
  throw invalid(`Operation value '${value}' has to be one of the following: ${operations.join(", ")}.`);
}

function expectParameters(operation: Json, params: Json): Json {
  if (typeof operation !== "string" || operation.toUpperCase() !== "REBOOT") return params;
  if (typeof params !== "object" || params === null || Array.isArray(params))
    throw invalid("operation_params must be a map.");
  const type = (params as Readonly<Record<string, Json>>)["type"];
  if (type === undefined || rebootTypes.includes(pythonText(type).toUpperCase())) return params;
  throw invalid(
    `Type field '${pythonText(type)}' in operation_params has to be one of the following: ${rebootTypes.join(", ")}.`,
  );
}

function invalid(message: string): Refusal {
  return new Refusal("invalid", "bad-recovery", message);
}
