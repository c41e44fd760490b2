import type { OptionName, OptionValue } from "./options.ts";
import type { Place, Problem } from "./problem.ts";

/** Every option's value, with its type, and where it came from. */
export interface Config {
  get<Name extends OptionName>(name: Name): OptionValue<Name>;
  /** The value that somebody gave; `undefined` where it's the default. */
  given<Name extends OptionName>(name: Name): OptionValue<Name> | undefined;
  /** Where the value was given; `default` where nobody did. */
  place(name: OptionName): Place;
  /** The file that holds the value, for `keystone-password-file` and its like; `null` where the value itself was given. */
  valueFile(name: OptionName): string | null;
  /** The file of options that was read; `null`: none. */
  readonly file: string | null;
  /** What the variables were when they were read: programs' secrets and credentials name further ones. */
  readonly environment: NodeJS.ProcessEnv;
  readonly warnings: readonly Problem[];
}
