/** Puts a guest process behind walls of the operating system's. */
export interface Jail {
  readonly name: "bubblewrap" | "namespaces" | "none";
  /** Why it isn't a better one, in words that follow "because". */
  readonly why: string | undefined;
  /** What to start instead of `file` with `args`, so that it sees only the paths in `view`, no network, no other process. */
  command(file: string, args: readonly string[], view: readonly string[]): JailedCommand;
}

export interface JailedCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** Keeps every file from growing, for whatever comes after it in the same process. */
export const noFiles = "ulimit -f 0";

/** Resource limits that every POSIX shell can set: no core files, few files open, none that grows, and the usual stack. */
export function withLimits(file: string, args: readonly string[], more = noFiles): JailedCommand {
  return {
    file: "/bin/sh",
    args: [
      "-c",
      `ulimit -c 0; ulimit -n 128; ulimit -s 8192 2>/dev/null; ${more}; exec "$0" "$@"`,
      file,
      ...args,
    ],
  };
}

/** What is left where the kernel or its tools offer nothing. */
export function noJail(why: string): Jail {
  return { name: "none", why, command: (file, args) => withLimits(file, args) };
}
