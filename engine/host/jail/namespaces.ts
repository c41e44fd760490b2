import { statSync } from "node:fs";
import { dirname } from "node:path";
import { type Jail, noFiles, withLimits } from "./jail.ts";

/** Programs of util-linux, by name. */
export interface NamespaceTools {
  readonly unshare: string;
  readonly setpriv: string;
  readonly mount: string;
  readonly umount: string;
  readonly pivot_root: string;
}

/** A folder that every Linux has and no path of ours lies in. Our own root is put together there. */
const root = "/sys";
/** Where `unshare` is found once the old root is gone: it makes the last step. */
const last = "/enter";

/**
 * The same with util-linux: as root of a new user namespace, puts a root together from the paths, leaves the old one,
 * and enters a second user namespace that maps nobody. What is started there has no user, no capability, and no way to
 * a namespace of its own. `as`: another user to become before all that, for a worker that is root.
 */
export function namespaceJail(tools: NamespaceTools, as: number | undefined): Jail {
  return {
    name: "namespaces",
    why: undefined,
    command(file, args, view) {
      const become =
        as === undefined ? [] : [`--reuid=${as}`, `--regid=${as}`, "--clear-groups", "--inh-caps=-all"];
      const script = setUp(tools, view);
      const steps = [
        ...["--no-new-privs", "--pdeathsig", "KILL", ...become, "--", tools.unshare],
        ...[
          "--user",
          "--map-root-user",
          "--mount",
          "--net",
          "--ipc",
          "--uts",
          "--pid",
          "--fork",
          "--kill-child",
        ],
        ...["--", "/bin/sh", "-ec", script, "sh", last, "--user", "--", file, ...args],
      ];
      return withLimits(tools.setpriv, steps, ":"); // the script still writes a file
    },
  };
}

/** Ends in the program that its arguments name. */
function setUp(tools: NamespaceTools, view: readonly string[]): string {
  const paths = [...view.map((path) => [path, path] as const), [tools.unshare, last] as const];
  const folders = new Set<string>(["/old"]);
  const files: string[] = [];
  for (const [from, to] of paths) {
    const isFolder = statSync(from).isDirectory();
    folders.add(isFolder ? to : dirname(to));
    if (!isFolder) files.push(to);
  }
  const there = (path: string) => quoted(root + path);
  const table = paths.map(
    ([from, to]) => `${fstabField(from)} ${fstabField(root + to)} none bind,ro,nosuid,nodev 0 0`,
  );
  const libraries = ["lib", "lib64", "usr/lib", "usr/lib64"].map((folder) => `/old/${folder}`);
  return [
    "umask 022",
    "echo 1 > /proc/sys/user/max_user_namespaces || :", // the second one, and none after it
    `${tools.mount} -t tmpfs -o size=1m,nosuid,nodev,mode=755 none ${root}`,
    `mkdir -p ${[...folders].map(there).join(" ")}`,
    ...files.map((file) => `: > ${there(file)}`),
    `cat > ${root}/table <<'.'\n${table.join("\n")}\n.`,
    `${tools.mount} -a -T ${root}/table`,
    `cd ${root}`,
    "ln -s old/proc proc", // mount and umount look there; it leads nowhere once the old root is gone
    `${tools.pivot_root} . old`,
    `export LD_LIBRARY_PATH=${libraryFolders(libraries)}`,
    `/old${tools.mount} -o remount,bind,ro /`,
    `/old${tools.umount} -l /old`,
    noFiles,
    "unset LD_LIBRARY_PATH PWD OLDPWD",
    'exec "$@"',
  ].join("\n");
}

/** The old root's folders of libraries, with those that are named after the machine's kind. */
export function libraryFolders(folders: readonly string[]): string {
  const machine = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  return folders.flatMap((folder) => [`${folder}/${machine}`, folder]).join(":");
}

/** For a shell. */
export function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** As `fstab` wants it. */
export function fstabField(path: string): string {
  return path
    .replaceAll("\\", "\\134")
    .replaceAll(" ", "\\040")
    .replaceAll("\t", "\\011")
    .replaceAll("\n", "\\012");
}
