import { suggest } from "../../grammar/diagnostics/suggest.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";

/** An action's parameter as the server describes it: `type` as people write it, `Cluster<fake.server>`. */
export interface ParameterAnswer {
  readonly name: string;
  readonly type: string;
  readonly default?: unknown;
}

/**
 * Reads `name=value` arguments. A value is text where the parameter's type says so; elsewhere it is JSON when it reads
 * as JSON (`3`, `true`, `["a"]`), and text otherwise (`5m`, `80%`, a cluster's name). Throws `usage`.
 */
export function readInputs(
  args: readonly string[],
  parameters: readonly ParameterAnswer[] | null,
): Record<string, unknown> {
  const inputs = new Map<string, unknown>(); // a Map: `__proto__` is a name like any other
  for (const argument of args) {
    const at = argument.indexOf("=");
    const name = argument.slice(0, Math.max(0, at));
    if (at < 1)
      throw wrong(
        `"${argument}" is not an argument`,
        "Write name=value, with quotes around a value that has blanks.",
      );
    if (inputs.has(name)) throw wrong(`the argument ${name} is given twice`, "Leave one out.");
    const parameter = parameters?.find((each) => each.name === name);
    if (parameters !== null && parameter === undefined) {
      const names = parameters.map((each) => `${each.name}: ${each.type}`).join(", ");
      throw wrong(
        `the action has no parameter "${name}"`,
        names === ""
          ? "It has none."
          : `${hint(
              name,
              parameters.map((each) => each.name),
            )}It has: ${names}`,
      );
    }
    inputs.set(name, readValue(argument.slice(at + 1), parameter?.type));
  }
  return Object.fromEntries(inputs);
}

const textTypes = /^(String|Duration|Size|Percent|Time|Cluster|Node)\b/;

function readValue(text: string, type: string | undefined): unknown {
  if (type !== undefined && textTypes.test(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `Did you mean image? `, or nothing. */
function hint(name: string, names: readonly string[]): string {
  const near = suggest(name, names);
  return near === undefined ? "" : `Did you mean ${near}? `;
}

function wrong(message: string, help: string): CliError {
  return new CliError(exitCodes.usage, message, { help });
}
