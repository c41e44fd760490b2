import type { RuleDefinition } from "./rule-definition.ts";

/**
 * Who is a reader, member, manager of a project: roles as Keystone's bootstrap makes them. They hold without implied
 * roles, too, so a member reads although its token names `member` alone.
 */
export const personaRules = {
  project_reader_api: {
    check: "(role:reader or role:member or role:manager) and project_id:%(project_id)s",
    permits: "looking at what the own project has",
  },
  project_member_api: {
    check: "(role:member or role:manager) and project_id:%(project_id)s",
    permits: "working with what the own project has",
  },
  project_manager_api: {
    check: "role:manager and project_id:%(project_id)s",
    permits: "deciding for the own project's members: a project's admin",
  },
  project_reader_or_admin: {
    check: "rule:project_reader_api or rule:context_is_admin",
    permits: "what readers may",
  },
  project_member_or_admin: {
    check: "rule:project_member_api or rule:context_is_admin",
    permits: "what members may",
  },
  project_manager_or_admin: {
    check: "rule:project_manager_api or rule:context_is_admin",
    permits: "what a project's managers may",
  },
} as const satisfies Record<string, RuleDefinition>;
