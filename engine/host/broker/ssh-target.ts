/** A machine to log in to: `user@host:22`. */
export interface SshTarget {
  readonly user: string;
  /** A name or an address, IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
}

/** Reads `user@host:22` (port 22 when left out); `undefined` for anything that could mean something else to ssh. */
export function parseSshTarget(text: string): SshTarget | undefined {
  const parts =
    /^([A-Za-z0-9_][A-Za-z0-9_.-]{0,63})@(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9][A-Za-z0-9.-]{0,252}))(?::([0-9]{1,5}))?$/.exec(
      text,
    );
  const [, user, address, name, port = "22"] = parts ?? [];
  const host = (address ?? name)?.toLowerCase();
  if (user === undefined || host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { user, host, port: Number(port) };
}

/** Whether two texts name the same user, host and port. */
export function sameSshTarget(a: string, b: string): boolean {
  const [first, second] = [parseSshTarget(a), parseSshTarget(b)];
  return first !== undefined && JSON.stringify(first) === JSON.stringify(second);
}

/** The name under which `known_hosts` has its key. */
export function hostKeyName({ host, port }: SshTarget): string {
  return port === 22 ? host : `[${host}]:${port}`;
}
