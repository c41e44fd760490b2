import { ownRules } from "./own-rules.ts";
import { personaRules } from "./persona-rules.ts";
import type { RuleDefinition } from "./rule-definition.ts";
import { senlinRules } from "./senlin-rules.ts";

const all = { ...personaRules, ...senlinRules, ...ownRules };

/** A rule that something here asks for, or that others are made of. */
export type RuleName = keyof typeof all;

/** All rules, with what they are unless a policy file says otherwise. */
export const defaultRules: Readonly<Record<RuleName, RuleDefinition>> = all;
