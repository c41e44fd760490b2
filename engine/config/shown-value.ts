import type { Config } from "./config.ts";
import { type OptionName, optionOf } from "./options.ts";

const hidden = "(hidden)";

/** A value as it would be written, but of secrets only that they are there; `null` where there is none. */
export function shownValue(config: Config, name: OptionName): string | null {
  const { kind, secret } = optionOf(name);
  const value: unknown = config.get(name);
  if (value === null) return null;
  if (secret === "all") return hidden;
  const shown = kind.show(value);
  return secret === "password" ? withoutPassword(shown) : shown;
}

/** `postgres://coppice:(hidden)@host/db`; whatever stands between the first colon and the last @ is the password. */
function withoutPassword(address: string): string {
  return address
    .replace(/^([a-z]+:\/\/[^:@/?#]*:).*@/i, `$1${hidden}@`)
    .replaceAll(/([?&](?:password|sslpassword)=)[^&]*/gi, `$1${hidden}`);
}
