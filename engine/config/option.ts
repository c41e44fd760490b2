import type { Kind } from "./kinds.ts";

/** The programs that read options: `up` starts the others and hands theirs on; `cli` is every other command. */
export const readers = ["api", "worker", "up", "cli"] as const;
export type Reader = (typeof readers)[number];

/** What a group of options is about, in the order of the documentation. */
export const groups = {
  place: "Where things are",
  stack: "What `coppice up` starts",
  client: "The server that commands talk to",
  api: "The API",
  access: "Who may do what",
  limits: "Limits",
  work: "How work is done",
  plugins: "Plugins",
  secrets: "Secrets of programs",
} as const;
export type Group = keyof typeof groups;

/** One option: its only definition. Its flag, its variable, its line in the file and its documentation follow from it. */
export interface Option<T> {
  readonly kind: Kind<T>;
  /** The value when nobody gave one, or how it follows from the environment. */
  readonly default: T | ((environment: NodeJS.ProcessEnv) => T);
  /** What the documentation says for the default, where it isn't the value itself. */
  readonly defaultText?: string;
  readonly group: Group;
  readonly readers: readonly Reader[];
  /** One or two sentences for its users: what it does for them. */
  readonly doc: string;
  /**
   * `all`: the value is shown to nobody and is no flag, since every user of a machine sees command lines; a file of it may
   * be named instead, with `-file`. `password`: the same for an address, of which all but its password is shown.
   */
  readonly secret?: "all" | "password";
  /** The environment variable, where it isn't `COPPICE_` and the name. */
  readonly variable?: string;
  /** A value for messages, where the kind has none that fits. */
  readonly example?: string;
}

/** Makes an option; the type of its value is that of its kind. */
export function option<T>(kind: Kind<T>, about: Omit<Option<T>, "kind">): Option<T> {
  return { kind, ...about };
}

/** An option that may have no value, which is written `none` and is the default. */
export function optional<T>(kind: Kind<T>, about: Omit<Option<T>, "kind" | "default">): Option<T | null> {
  const orNone: Kind<T | null> = {
    ...kind,
    parse: (written, folder) => (written === "none" ? null : kind.parse(written, folder)),
    show: (value) => (value === null ? "none" : kind.show(value)),
    ...(kind.choices === undefined ? {} : { choices: [...kind.choices, "none"] }),
  };
  return { kind: orNone, default: null, ...about };
}
