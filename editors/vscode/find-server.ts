import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** How the language server is started. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * The `coppice` to start: the one that a setting names (relative to the first folder), else that of the nearest
 * `node_modules/.bin` or a checkout's own launcher, else the one on the PATH; `null` when there is none. A workspace that
 * isn't trusted has no say.
 */
export function findServer(q: {
  readonly setting: string;
  readonly folders: readonly string[];
  readonly pathVariable: string;
  readonly trusted: boolean;
}): ServerCommand | null {
  const [first] = q.folders;
  const inWorkspace = q.trusted
    ? [
        ...(q.setting === "" ? [] : [path.resolve(first ?? ".", q.setting)]),
        ...q.folders.flatMap((folder) => [
          path.join(folder, "node_modules", ".bin", "coppice"),
          path.join(folder, "coppice"),
        ]),
      ]
    : [];
  const onPath = q.pathVariable
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, "coppice"));
  if (q.trusted && q.setting !== "") return isExecutable(inWorkspace[0]) ? serve(inWorkspace[0]) : null;
  const found = [...inWorkspace, ...onPath].find(isExecutable);
  return found === undefined ? null : serve(found);
}

function serve(command = ""): ServerCommand {
  return { command, args: ["language-server", "--stdio"] };
}

function isExecutable(file: string | undefined): boolean {
  if (file === undefined) return false;
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
