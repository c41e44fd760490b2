import { type SystemName, systems } from "./mistakes.ts";

/** What each system said to one mistake: `null` where it can't be made, empty where nothing was found. */
export interface Said {
  readonly title: string;
  readonly answers: ReadonlyMap<SystemName, string | null>;
}

/** The page: a table of what was found, then every answer word for word. */
export function saidPage(said: readonly Said[]): string {
  const names = Object.keys(systems) as SystemName[];
  const header = ["mistake", ...names.map((name) => systems[name].title)];
  const rows = said.map(({ title, answers }) => [title, ...names.map((name) => word(answers.get(name)))]);
  const table = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const sections = said.map(({ title, answers }) => {
    const parts = names.map((name) => `**${systems[name].title}**${answer(answers.get(name))}`);
    return `## ${title[0]?.toUpperCase()}${title.slice(1)}\n\n${parts.join("\n\n")}\n`;
  });
  return `# What each checker said

Made by \`npm run compare\`; a test compares what Coppice and TypeScript say today.

${table.join("\n")}

${sections.join("\n")}`;
}

function word(said: string | null | undefined): string {
  if (said === null || said === undefined) return "can't be made";
  return said === "" ? "not found" : "found";
}

function answer(said: string | null | undefined): string {
  if (said === null || said === undefined) return ": can't be made; no step is named.";
  if (said === "") return ": nothing.";
  const lines = said.split("\n").map((line) => line.trimEnd());
  const shown =
    lines.length > longest ? [...lines.slice(0, longest), `… ${lines.length - longest} more lines`] : lines;
  return `:\n\n\`\`\`text\n${shown.map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line)).join("\n")}\n\`\`\``;
}

const longest = 14;

/** Lines that are neither empty nor a comment. */
export function linesOfCode(text: string): number {
  return text.split("\n").filter((line) => !/^\s*(#.*|\/\/.*|\/?\*.*|---)?$/.test(line)).length;
}
