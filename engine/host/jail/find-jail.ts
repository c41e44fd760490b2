import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { currentConfig } from "../../config/current-config.ts";
import type { OptionValue } from "../../config/options.ts";
import { bubblewrapJail } from "./bubblewrap.ts";
import { guestView } from "./guest-view.ts";
import { type Jail, noJail } from "./jail.ts";
import { type NamespaceTools, namespaceJail } from "./namespaces.ts";

const run = promisify(execFile);
/** `nobody`, on every Linux. */
const nobody = 65_534;
let known: Promise<Jail> | undefined;

/** The best jail that works here, tried once with Node itself in it. The option `jail` names one to take instead. */
export function findJail(): Promise<Jail> {
  known ??= chooseJail(currentConfig().get("jail"));
  return known;
}

/** `only` what the option `jail` says. */
export async function chooseJail(only: OptionValue<"jail">): Promise<Jail> {
  if (only === "none") return noJail("the option jail says none");
  if (process.platform !== "linux") return noJail(`namespaces are Linux's, and this is ${process.platform}`);
  const problems: string[] = [];
  for (const make of [bubblewrap, asNobody, namespaces]) {
    if (only !== "best" && only !== (make === bubblewrap ? "bubblewrap" : "namespaces")) continue;
    const jail = make();
    if (typeof jail === "string") {
      problems.push(jail);
      continue;
    }
    const problem = await tryJail(jail);
    if (problem === undefined) return jail;
    problems.push(`${jail.name}: ${problem}`);
  }
  return noJail(
    [...new Set(problems)].filter((each) => each !== "").join("; ") || `there is no jail "${only}"`,
  );
}

function bubblewrap(): Jail | string {
  const program = findProgram("bwrap");
  return program === undefined ? "bubblewrap is not installed" : bubblewrapJail(program);
}

/** For a worker that is root: the guest's files then belong to somebody else. */
function asNobody(): Jail | string {
  if (process.getuid?.() !== 0) return "";
  const tools = findTools();
  return typeof tools === "string" ? tools : namespaceJail(tools, nobody);
}

function namespaces(): Jail | string {
  const tools = findTools();
  return typeof tools === "string" ? tools : namespaceJail(tools, undefined);
}

async function tryJail(jail: Jail): Promise<string | undefined> {
  const { code, system, main } = guestView();
  const node = system[0] as string;
  const view = [...system, ...code];
  try {
    // the second argument is read: a guest that may not read its own code is no guest
    const script = "require('node:fs').readFileSync(process.argv[1])";
    const { file, args } = jail.command(node, ["-e", script, main], view);
    await run(file, args, { timeout: 5000, env: {}, cwd: "/" });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return (stderr?.trim() || message).split("\n").find((line) => line.trim() !== "") ?? "it failed";
  }
}

/** Programs that make namespaces, or which of them are missing. */
export function findTools(): NamespaceTools | string {
  const names = ["unshare", "setpriv", "mount", "umount", "pivot_root"] as const;
  const tools = Object.fromEntries(names.map((name) => [name, findProgram(name)]));
  const missing = names.filter((name) => tools[name] === undefined);
  if (missing.length > 0) return `util-linux's ${missing.join(", ")} is not installed`;
  return tools as unknown as NamespaceTools;
}

/** In the system's folders, and nowhere that somebody else may write. */
function findProgram(name: string): string | undefined {
  for (const folder of ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not here
    }
  }
  return undefined;
}
