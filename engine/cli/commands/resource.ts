import { Argument, type Command, Option } from "commander";
import { group, newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import type { Field, Resource, Values, Verb } from "../resources/resource.ts";
import { resources } from "../resources/resources.ts";

/** `coppice cluster`, `coppice node`, …: one command for each kind of object, with its verbs below. */
export function resourceCommand(name: string): Command {
  const resource = resources.find((each) => each.name === name);
  if (resource === undefined) throw new Error(`there is no kind of object "${name}"`); // commands.ts has named one
  const examples = resource.verbs.slice(0, 4).map((verb) => exampleOf(resource, verb, 0));
  const command = group(name, { summary: resource.summary, description: resource.description, examples });
  for (const verb of resource.verbs) command.addCommand(verbCommand(resource, verb));
  return command;
}

function exampleOf(resource: Resource, verb: Verb, index: number): [string, string] {
  const [words = "", purpose = ""] = verb.examples[index] ?? [];
  return [`coppice ${resource.name} ${verb.name} ${words}`.trimEnd(), purpose];
}

function verbCommand(resource: Resource, verb: Verb): Command {
  const command = newCommand(verb.name, {
    summary: verb.summary,
    description: verb.description ?? `${verb.summary[0]?.toUpperCase()}${verb.summary.slice(1)}.`,
    examples: verb.examples.map((_, index) => exampleOf(resource, verb, index)),
  });
  for (const [argument, doc] of verb.arguments) command.addArgument(new Argument(argument, doc));
  for (const field of verb.fields) command.addOption(optionOf(field));
  if (verb.starts) command.option("--wait", "follow the action to its end; exit code 1 unless it succeeds");
  return command.action(async (...given: unknown[]) => {
    const args = given.slice(0, verb.arguments.length) as (string | string[] | undefined)[]; // commander's order
    const options = given[verb.arguments.length] as OutputOptions & Values & { readonly wait?: boolean };
    const { runVerb } = await import("../resources/run-verb.ts");
    await runVerb({ verb, args, options, wait: options.wait === true, output: openOutput(options) });
  });
}

function optionOf(field: Field): Option {
  const option = new Option(field.flags, field.doc);
  if (field.required) option.makeOptionMandatory();
  if (field.choices !== undefined) option.choices([...field.choices]);
  return option;
}
