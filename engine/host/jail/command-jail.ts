import { existsSync, lstatSync, readlinkSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { NamespaceTools } from "./namespaces.ts";
import { fstabField, libraryFolders, quoted } from "./namespaces.ts";

/** What a command in a jail sees beside the system's programs and a `/tmp` of its own. */
export interface CommandView {
  /** Files and folders that it may read. */
  readonly read: readonly string[];
  /** And those that it may change. */
  readonly write: readonly string[];
  /** Whether it has the worker's network, or none at all. */
  readonly network: boolean;
}

/** Programs and libraries; often links into `/usr`. */
const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32"];
/** What programs look up, without what only root should see. */
const systemFiles = [
  "/etc/alternatives",
  "/etc/ca-certificates",
  "/etc/group",
  "/etc/hosts",
  "/etc/ld.so.cache",
  "/etc/localtime",
  "/etc/nsswitch.conf",
  "/etc/passwd",
  "/etc/pki",
  "/etc/resolv.conf",
  "/etc/ssl",
  "/dev/full",
  "/dev/null",
  "/dev/random",
  "/dev/urandom",
  "/dev/zero",
];
/** A folder that every Linux has and no path of ours lies in. The jail's root is put together there. */
const root = "/sys";

/** A command as it is started. */
export interface JailableCommand {
  readonly executable: string;
  readonly arguments: readonly string[];
  /** Names are those of a shell's variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * What to run instead of a command, so that it sees only this view: users, mounts, processes, host name and (unless it is
 * granted) network of its own, no capability and no way to one. What it starts ends with it, in whatever group that is. Its
 * environment is set as it begins: until then its variables mean nothing, and no argument ever holds a value.
 */
export function jailCommand(
  tools: NamespaceTools,
  view: CommandView,
  command: JailableCommand,
): JailableCommand {
  const names = Object.keys(command.environment);
  const script = setUp(tools, view, command, names);
  const spaces = [
    "--user",
    "--map-root-user",
    "--mount",
    "--ipc",
    "--uts",
    "--pid",
    "--fork",
    "--kill-child",
  ];
  const steps = [
    ...["--no-new-privs", "--pdeathsig", "KILL", "--", tools.unshare, ...spaces],
    ...(view.network ? [] : ["--net"]),
    ...["--", "/bin/sh", "-ec", script, "sh", command.executable, ...command.arguments],
  ];
  const environment = Object.fromEntries(names.map((name, i) => [held(i), command.environment[name] ?? ""]));
  return { executable: tools.setpriv, arguments: steps, environment, cwd: "/" };
}

function held(index: number): string {
  return `COPPICE_JAILED_${index}`;
}

/** Whether every jail shows a path. */
export function isSystem(path: string): boolean {
  return systemFolders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** Ends in the command that its arguments name. */
function setUp(
  tools: NamespaceTools,
  view: CommandView,
  { executable, cwd }: JailableCommand,
  names: readonly string[],
): string {
  const folders = new Set<string>(["/old", "/tmp", "/proc", "/dev", ...(isSystem(cwd) ? [] : [cwd])]);
  const files = new Set<string>();
  const links: string[] = [];
  const table: string[] = [];
  const show = (path: string, options: string) => {
    const isFolder = statSync(path).isDirectory();
    folders.add(isFolder ? path : dirname(path));
    if (!isFolder) files.add(path);
    table.push(`${fstabField(path)} ${fstabField(root + path)} none ${options} 0 0`);
  };
  for (const path of systemFolders) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isSymbolicLink() === true)
      links.push(`ln -s ${quoted(readlinkSync(path))} ${quoted(root + path)}`);
    else if (found !== undefined) show(path, "bind,ro,nosuid");
  }
  for (const path of systemFiles)
    if (existsSync(path)) show(path, path.startsWith("/dev/") ? "bind" : "bind,ro,nosuid");
  const read = isSystem(executable) ? view.read : [...view.read, executable];
  for (const path of new Set(read)) show(path, "bind,ro,nosuid,nodev");
  for (const path of view.write) show(path, "rbind,nosuid,nodev");
  const there = (path: string) => quoted(root + path);
  return [
    "umask 022",
    "echo 0 > /proc/sys/user/max_user_namespaces || :",
    `${tools.mount} -t tmpfs -o size=64m,nosuid,nodev,mode=755 none ${root}`,
    `mkdir -p ${[...folders].map(there).join(" ")}`,
    ...[...files].map((file) => `: > ${there(file)}`),
    ...links,
    `cat > ${root}/.table <<'.'\n${table.join("\n")}\n.`,
    `${tools.mount} -a -T ${root}/.table`,
    `rm ${root}/.table`,
    `chmod 1777 ${root}/tmp`,
    `${tools.mount} -t proc -o nosuid,nodev,noexec proc ${root}/proc 2>/dev/null || :`, // a container may not let us
    "hostname jail 2>/dev/null || :",
    `cd ${root}`,
    `${tools.pivot_root} . old`,
    `export LD_LIBRARY_PATH=${libraryFolders(["lib", "lib64", "usr/lib", "usr/lib64"].map((folder) => `/old/${folder}`))}`,
    `/old${tools.umount} -l /old`,
    "unset LD_LIBRARY_PATH PWD OLDPWD",
    "rmdir /old",
    `cd ${quoted(cwd)}`,
    "unset PWD OLDPWD",
    ...names.flatMap((name, i) => [`export ${name}="$${held(i)}"`, `unset ${held(i)}`]),
    `exec ${tools.setpriv} --bounding-set=-all --inh-caps=-all --ambient-caps=-all --no-new-privs -- "$@"`,
  ].join("\n");
}
