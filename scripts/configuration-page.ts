import { type Group, groups } from "../engine/config/option.ts";
import { hasFlag, type OptionName, optionNames, optionOf, variableOf } from "../engine/config/options.ts";

/** `docs/configuration.md`: a table for each group of options, in the order of their own table. */
export function configurationPage(): string {
  const tables = (Object.keys(groups) as Group[]).map(table);
  return `${opening}\n${tables.join("\n")}`;
}

const opening = `# Configuration

An option is given in one of three ways; the first of them that gives it wins:

| way | example |
| --- | --- |
| a flag of \`coppice up\`, \`api\` or \`worker\` | \`--api-port 8777\` |
| an environment variable of the same name | \`COPPICE_API_PORT=8777\` |
| a line in \`coppice.yaml\`, in the home or where \`--config\` or \`COPPICE_CONFIG\` says | \`api-port: 8777\` |

\`coppice up\` hands what it was given on to the parts that it starts. All mistakes are told together, before anything
starts: unknown names, values that can't be, options that don't go together.

\`\`\`yaml file=coppice.yaml
# serves Keystone's users, on Senlin's port
api-host: 0.0.0.0
api-port: 8777
keystone-url: http://127.0.0.1:5000/v3
trust-roles: [member, reader]
default-action-timeout: 2h
\`\`\`

\`\`\`sh run
coppice config check --config coppice.yaml
coppice config show --given --config coppice.yaml      # each value, and where it was given
coppice config show api-port --config coppice.yaml --api-port 9000
\`\`\`

- **Durations** are \`90s\`, \`15m\`, \`1h30m\`, \`7d\`; a bare number is seconds, as in Senlin. **Sizes** are \`512KiB\`, \`4MiB\`, or bytes.
- **Lists** are parted by commas, lists of paths as in \`PATH\`; in the file they may be YAML lists. **Paths** start at the
  working folder, in the file at the file's folder.
- **Secrets** are no flags, since every user of a machine sees command lines, and are shown nowhere. \`-file\` names a file
  that holds one: \`keystone-password-file: /run/secrets/keystone\`, \`--keystone-password-file\`,
  \`COPPICE_KEYSTONE_PASSWORD_FILE\`.
- An empty variable counts as one that isn't set, but for a list, which it empties. \`none\` takes a value away that the
  file gives.
- In Kubernetes, a service named \`coppice-api\` sets a variable \`COPPICE_API_PORT\` of another meaning: switch that off
  with \`enableServiceLinks: false\`.

<!-- Made by \`npm run docs\` from engine/config/options.ts; a test compares the two. -->
`;

function table(group: Group): string {
  const rows = optionNames
    .filter((name) => optionOf(name).group === group)
    .map((name) => {
      const { kind, readers, doc } = optionOf(name);
      return `| ${nameCell(name)} | ${cell(kind.name)} | ${cell(defaultOf(name))} | ${readers.join(", ")} | ${cell(doc)} |`;
    });
  return `## ${groups[group]}\n\n| option | value | default | read by | |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

/** Its variable is named where it doesn't follow from the name. */
function nameCell(name: OptionName): string {
  const notes = [
    ...(optionOf(name).variable === undefined ? [] : [`\`${variableOf(name)}\``]),
    ...(hasFlag(name) ? [] : ["no flag; also `-file`"]),
  ];
  return notes.length === 0 ? `\`${name}\`` : `\`${name}\` (${notes.join("; ")})`;
}

function defaultOf(name: OptionName): string {
  const { defaultText, default: value, kind } = optionOf(name);
  if (defaultText !== undefined) return defaultText;
  if (value === null) return "none";
  const shown = typeof value === "function" ? "" : kind.show(value);
  return shown === "" ? "empty" : `\`${shown}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
