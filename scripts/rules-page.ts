import { ownRules } from "../engine/access/rules/own-rules.ts";
import { personaRules } from "../engine/access/rules/persona-rules.ts";
import type { RuleDefinition } from "../engine/access/rules/rule-definition.ts";
import { senlinRules } from "../engine/access/rules/senlin-rules.ts";

/** `docs/rules.md`: every access rule, what it permits and what it is by default. */
export function rulesPage(): string {
  return [
    opening,
    table("Who is who", personaRules),
    table("Senlin's rules", senlinRules),
    table("Our own", ownRules),
  ].join("\n");
}

const opening = `# Access rules

What [access.md](access.md) calls a rule: its name, its default in oslo.policy's language, and what it permits. A file that
\`COPPICE_RULES_FILE\` names puts others in their place. \`rule:project_reader_or_admin\` is a reader of the project,
\`rule:project_member_or_admin\` a member, \`rule:project_manager_or_admin\` its manager, \`rule:context_is_admin\` an
administrator of everything, \`@\` whoever has a token, \`!\` nobody.

<!-- Made by \`npm run docs\` from engine/access/rules; a test compares the two. -->
`;

function table(title: string, rules: Readonly<Record<string, RuleDefinition>>): string {
  const rows = Object.entries(rules).map(
    ([name, { check, permits }]) => `| \`${name}\` | \`${check}\` | ${permits} |`,
  );
  return `## ${title}\n\n| rule | default | permits |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}
