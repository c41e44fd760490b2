/**
 * Resolves at the first Ctrl-C, SIGTERM or SIGHUP, with the signal's name. A second one ends the process at once:
 * somebody is impatient.
 */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(name, () => {
        if (asked && name === "SIGINT") process.exit(130);
        asked = true;
        resolve(name);
      });
    }
  });
}
