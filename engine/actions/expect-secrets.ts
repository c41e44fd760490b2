import type { Plan } from "../../grammar/plan.ts";
import { refusalOf, type SecretRules } from "../host/secrets/secret-rules.ts";
import { Refusal } from "./refusal.ts";

/** Refuses a plan whose secrets this server doesn't let programs read: better now than in the middle of a run. */
export function expectSecretsAllowed(plan: Plan, rules: SecretRules): void {
  for (const [name, secret] of Object.entries(plan.secrets)) {
    const refusal = refusalOf(rules, secret);
    if (refusal === null) continue;
    const { file, line } = secret.at;
    const place = `${plan.files[file]?.path ?? plan.program}:${line}`;
    throw new Refusal(
      "invalid",
      "secret-not-allowed",
      `${place}: secret "${name}": ${refusal.message}`,
      refusal.help,
    );
  }
}
