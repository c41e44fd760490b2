import type { Config } from "./config.ts";
import { type OptionName, optionOf } from "./options.ts";
import { hidden, withoutPassword } from "./without-password.ts";

/** A value as it would be written, but of secrets only that they are there; `null` where there is none. */
export function shownValue(config: Config, name: OptionName): string | null {
  const { kind, secret } = optionOf(name);
  const value: unknown = config.get(name);
  if (value === null) return null;
  if (secret === "all") return hidden;
  const shown = kind.show(value);
  return secret === "password" ? withoutPassword(shown) : shown;
}
