import { type Jail, withLimits } from "./jail.ts";

/** bubblewrap does all of it: namespaces, an empty root with these paths in it, no capabilities. */
export function bubblewrapJail(program: string): Jail {
  return {
    name: "bubblewrap",
    why: undefined,
    command(file, args, view) {
      const options = [
        ["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"],
        ["--unshare-cgroup-try", "--disable-userns", "--die-with-parent", "--new-session", "--clearenv"],
        ["--cap-drop", "ALL", "--hostname", "guest"],
        view.flatMap((path) => ["--ro-bind", path, path]),
        ["--remount-ro", "/", "--chdir", "/", "--"],
      ].flat();
      return withLimits(program, [...options, file, ...args]);
    },
  };
}
