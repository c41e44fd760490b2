import type { LibraryFunction } from "../grammar/library/function.ts";
import { libraryFunctions } from "../grammar/library/functions.ts";
import { typeName } from "../grammar/types.ts";

/** `docs/functions.md`: a table for each type of receiver, in the order of the functions' own table. */
export function functionsPage(): string {
  const byReceiver = Map.groupBy(libraryFunctions.values(), ({ name }) => name.slice(0, name.indexOf(".")));
  const tables = [...byReceiver].map(([receiver, entries]) => table(receiver, entries));
  return `${opening}\n${tables.join("\n")}`;
}

const opening = `# Functions

What values can be asked. Every function is pure: it changes nothing, and gives the same for the same values. It is
called on its receiver, \`nodes.count(n => n.healthy)\`. A parameter with \`?\` may be left out; \`T\` and \`U\` stand for
any type. Plugins bring functions of their own: \`coppice plugin show\` lists them.

<!-- Made by \`npm run docs\` from the table in grammar/library; a test compares the two. -->
`;

const titles: Readonly<Record<string, string>> = {
  Any: "Any: values whose shape isn't known before",
  Cluster: "`Cluster<P>`",
  List: "`List<T>`",
  Map: "`Map<T>`",
};

const requirements = {
  sortable: "needs values that have an order",
  summable: "needs numbers, durations, sizes or percents",
  text: "needs texts, numbers or Bools",
} as const;

function table(receiver: string, entries: readonly LibraryFunction[]): string {
  const rows = entries.map((entry) => `| \`${cell(signature(entry))}\` | ${cell(sentence(entry))} |`);
  const title = titles[receiver] ?? receiver;
  return `## ${title}\n\n| function | what it gives |\n| --- | --- |\n${rows.join("\n")}\n`;
}

/** `.count(where?: T => Bool) -> Int` */
function signature(entry: LibraryFunction): string {
  const parameters = entry.parameters.map(
    ({ name, type, optional }) => `${name}${optional ? "?" : ""}: ${typeName(type)}`,
  );
  const name = entry.name.slice(entry.name.indexOf("."));
  return `${name}(${parameters.join(", ")}) -> ${typeName(entry.result)}`;
}

function sentence(entry: LibraryFunction): string {
  return entry.requires === undefined
    ? entry.doc
    : `${entry.doc.replace(/\.$/, "")} (${requirements[entry.requires]}).`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
