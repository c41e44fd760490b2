import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { readInputs } from "./read-inputs.ts";

/** Sends an event of a plugin, as the plugin's own source would; values are text, which the server reads by its schema. */
export async function sendEvent(q: {
  /** `nova.instance_deleted` */
  readonly name: string;
  /** `field=value` */
  readonly fields: readonly string[];
  readonly key: string | undefined;
  readonly output: Output;
}): Promise<void> {
  const [plugin, event, ...rest] = q.name.split(".");
  if (!plugin || !event || rest.length > 0)
    throw new CliError(exitCodes.usage, `"${q.name}" is not the name of an event`, {
      help: "Write PLUGIN.EVENT: fake.server_failed",
    });
  const asText = q.fields.map((field) => ({ name: field.split("=")[0] ?? "", type: "String" }));
  const { listeners } = await findServer().call<{ listeners: number }>("POST", "/v1/plugin-events", {
    plugin,
    event,
    fields: readInputs(q.fields, asText),
    ...(q.key === undefined ? {} : { key: q.key }),
  });
  q.output.data({ listeners });
  q.output.line(
    listeners === 0
      ? `Nobody listens to ${q.name}.`
      : `${q.name} was sent to ${listeners === 1 ? "1 listener" : `${listeners} listeners`}.`,
  );
}
