/** A rule as it is unless a policy file says otherwise. */
export interface RuleDefinition {
  /** In oslo.policy's language. */
  readonly check: string;
  /** What it permits. */
  readonly permits: string;
}

/** Rules that others name. An operator who changes one of these changes all that build on it. */
export const personas = {
  /** Their names are Nova's, so that operators know them. */
  reader: "rule:project_reader_or_admin",
  member: "rule:project_member_or_admin",
  manager: "rule:project_manager_or_admin",
  admin: "rule:context_is_admin",
  anyone: "@",
} as const;

/** A rule whose default is one of the personas. */
export function may(persona: keyof typeof personas, permits: string): RuleDefinition {
  return { check: personas[persona], permits };
}
