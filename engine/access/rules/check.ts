/** What a rule asks for. Comment: oslo.policy's text of it. */
export type Check =
  /** `@`, or nothing at all */
  | { readonly kind: "always" }
  /** `!` */
  | { readonly kind: "never" }
  /** `role:member`, whatever the letters' case */
  | { readonly kind: "role"; readonly role: Template }
  /** `rule:context_is_admin` */
  | { readonly kind: "rule"; readonly name: string }
  /** `project_id:%(project_id)s`, `'default':%(domain_id)s`: the caller's attribute or a text, and what it must be */
  | { readonly kind: "equal"; readonly left: CallerValue; readonly right: Template }
  | { readonly kind: "not"; readonly check: Check }
  | { readonly kind: "and"; readonly checks: readonly Check[] }
  | { readonly kind: "or"; readonly checks: readonly Check[] };

export type CallerValue = { readonly attribute: CallerAttribute } | { readonly text: string };

/** Text with the target's attributes in it. */
export type Template = readonly (string | { readonly target: TargetAttribute })[];

/** What of the caller a rule may compare. */
export const callerAttributes = [
  "project_id",
  "project_name",
  "user_id",
  "user_name",
  "user_domain_id",
  "domain_id",
  "is_admin",
] as const;
export type CallerAttribute = (typeof callerAttributes)[number];

/** What of the object's owner a rule may compare with. */
export const targetAttributes = ["project_id", "user_id", "domain_id"] as const;
export type TargetAttribute = (typeof targetAttributes)[number];

/** Older names, which Senlin's own files and others have. */
export const olderNames: Readonly<Record<string, string>> = {
  project: "project_id",
  tenant: "project_id",
  tenant_id: "project_id",
  user: "user_id",
  domain: "domain_id",
  project_domain_id: "domain_id",
};
