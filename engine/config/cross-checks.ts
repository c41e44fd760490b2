import type { Config } from "./config.ts";
import type { OptionName } from "./options.ts";
import type { Problem } from "./problem.ts";

/** Values that are right by themselves but don't go together. */
interface CrossCheck {
  /** The first is the one that is told. */
  readonly options: readonly [OptionName, ...OptionName[]];
  readonly wrong: (config: Config) => boolean;
  readonly message: string;
  readonly help: string;
}

const checks: readonly CrossCheck[] = [
  {
    options: ["default-page-size", "max-page-size"],
    wrong: (config) => config.get("default-page-size") > config.get("max-page-size"),
    message: "default-page-size is above max-page-size",
    help: "raise max-page-size, or lower default-page-size",
  },
  {
    options: ["keystone-password", "keystone-url"],
    wrong: (config) => config.get("keystone-password") !== null && config.get("keystone-url") === null,
    message: "keystone-password is set, and keystone-url isn't",
    help: "set keystone-url too",
  },
  {
    options: ["no-proxy", "proxy"],
    wrong: (config) => config.get("no-proxy").length > 0 && config.get("proxy") === null,
    message: "no-proxy is set, and proxy isn't",
    help: "set proxy too, or leave no-proxy out",
  },
];

/** What doesn't go together; nothing of options that are wrong by themselves, since one mistake is told once. */
export function crossChecks(config: Config, broken: ReadonlySet<string>): Problem[] {
  return checks
    .filter(({ options, wrong }) => !options.some((name) => broken.has(name)) && wrong(config))
    .map(({ options, message, help }) => {
      const told = options.find((name) => config.given(name) !== undefined) ?? options[0];
      return { severity: "mistake", place: config.place(told), about: told, message, help };
    });
}
