import type { Config } from "./config.ts";
import type { OptionName } from "./options.ts";
import type { Problem } from "./problem.ts";

/** What is wrong with values that are right by themselves but don't go together. */
export function crossChecks(config: Config): Problem[] {
  const problems: Problem[] = [];
  const mistake = (option: OptionName, message: string, help: string) =>
    problems.push({ severity: "mistake", place: config.place(option), option, message, help });

  const [page, most] = [config.get("default-page-size"), config.get("max-page-size")];
  if (page > most)
    mistake(
      config.given("max-page-size") === undefined ? "default-page-size" : "max-page-size",
      `default-page-size is ${page}, and max-page-size ${most}`,
      "raise max-page-size, or lower default-page-size",
    );
  if (config.get("keystone-password") !== null && config.get("keystone-url") === null)
    mistake("keystone-password", "keystone-password is set, and keystone-url isn't", "set keystone-url too");
  if (config.given("no-proxy") !== undefined && config.get("proxy") === null)
    mistake("no-proxy", "no-proxy is set, and proxy isn't", "set proxy too, or leave no-proxy out");
  return problems;
}
