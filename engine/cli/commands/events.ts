import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { parseCount } from "../count-option.ts";
import { parseId } from "../id-option.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import type { EventAnswer } from "../wire.ts";

interface SendOptions extends OutputOptions {
  readonly key?: string;
}

interface EventsOptions extends OutputOptions {
  readonly follow?: boolean;
  readonly action?: string;
  readonly limit: string;
}

const pauseMs = 1_000;

/** `coppice events` */
export function eventsCommand(): Command {
  const command = newCommand("events", {
    summary: "show what happened, and what happens",
    description:
      "Prints the newest events, oldest first; with --follow also those to come. With --json one event a line.",
    examples: [
      ["coppice events", "the newest ones"],
      ["coppice events --follow", "until Ctrl-C"],
      ["coppice events send fake.server_failed server=server-1 reason=power", "as a plugin would"],
      ["coppice events --action 0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f", "those of one action"],
    ],
  })
    .option("-f, --follow", "go on with new ones until Ctrl-C")
    .option("--action <id>", "only those of this action", parseId)
    .option("--limit <count>", "how many to begin with, 1 to 1000", parseCount, "50")
    .action(async (options: EventsOptions) => {
      const output = openOutput(options);
      const { findServer } = await import("../find-server.ts");
      const { describeEvent } = await import("../watch-action.ts");
      const api = findServer();
      let after: string | null = null;
      for (;;) {
        const query = new URLSearchParams({ limit: after === null ? options.limit : "1000" });
        if (options.action !== undefined) query.set("action_id", options.action);
        if (after !== null) query.set("after", after);
        const { events } = await api.call<{ events: readonly EventAnswer[] }>("GET", `/v1/events?${query}`);
        for (const event of [...events].sort((a, b) => Number(a.id) - Number(b.id))) {
          output.line(describeEvent(event, output));
          output.data(event);
          after = String(event.id);
        }
        after ??= "0";
        if (!options.follow) return;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    });
  command.enablePositionalOptions().addCommand(sendCommand()); // its options are its own
  return command;
}

function sendCommand(): Command {
  return newCommand("send", {
    summary: "tell programs of an event, as a plugin would",
    description:
      "Sends an event that a plugin's manifest declares; programs that listen to it (on in the language) start their\n" +
      "actions. Prints how many listen.",
    examples: [["coppice events send fake.server_failed server=server-1 reason=power", "with its fields"]],
  })
    .argument("<event>", "PLUGIN.EVENT")
    .argument("[field=value...]", "its fields")
    .option("--key <key>", "the same key is taken once in a day")
    .action(async (name: string, fields: readonly string[], options: SendOptions) => {
      const { sendEvent } = await import("../send-event.ts");
      await sendEvent({ name, fields, key: options.key, output: openOutput(options) });
    });
}
