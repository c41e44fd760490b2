import { readdirSync } from "node:fs";
import path from "node:path";
import tab, { type Complete, type Command as TabCommand } from "@bomb.sh/tab";
import type { Command } from "commander";

/** Tells the completion library of every command, option and argument below `program`. */
export function addCompletions(program: Command): void {
  addTo(tab, program);
  walk(program, "");
}

function walk(command: Command, prefix: string): void {
  for (const child of command.createHelp().visibleCommands(command)) {
    const name = `${prefix}${child.name()}`;
    addTo(tab.command(name, child.summary() || child.description()), child);
    walk(child, `${name} `);
  }
}

function addTo(entry: TabCommand, command: Command): void {
  for (const option of command.createHelp().visibleOptions(command)) {
    const long = option.long?.slice(2);
    if (long === undefined) continue;
    const short = option.short?.slice(1);
    if (option.required || option.optional)
      entry.option(long, option.description, offer(option.argChoices ?? []), short);
    else if (short === undefined) entry.option(long, option.description);
    else entry.option(long, option.description, short);
  }
  for (const argument of command.registeredArguments) {
    const files = argument.name() === "file" || argument.name() === "path";
    const handler = files
      ? offerFiles(argument.name() === "file" ? ".coppice" : "")
      : offer(argument.argChoices ?? []);
    entry.argument(argument.name(), handler, argument.variadic);
  }
}

function offer(values: readonly string[]) {
  return (complete: Complete) => {
    for (const value of values) complete(value, "");
  };
}

/** Folders, and files of that ending, where the word under the cursor points. */
function offerFiles(ending: string) {
  return (complete: Complete) => {
    const word = process.argv.at(-1) ?? "";
    const folder = word.includes("/") ? word.slice(0, word.lastIndexOf("/") + 1) : "";
    try {
      for (const entry of readdirSync(path.resolve(folder), { withFileTypes: true })) {
        if (entry.name.startsWith(".")) continue;
        if (entry.isDirectory()) complete(`${folder}${entry.name}/`, "");
        else if (entry.name.endsWith(ending)) complete(`${folder}${entry.name}`, "");
      }
    } catch {
      // no such folder: nothing to offer
    }
  };
}
