import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, describe, expect, it, vi } from "vitest";
import { PolicyRules } from "../../../../engine/access/rules/policy-rules.ts";
import { readPolicyFile } from "../../../../engine/access/rules/read-policy-file.ts";
import { callerOf } from "../callers.ts";

const folder = mkdtempSync(join(tmpdir(), "coppice-rules-"));
afterAll(() => rmSync(folder, { recursive: true }));

const mistakes = (text: string) => {
  const read = readPolicyFile(text);
  return read.ok
    ? []
    : read.mistakes.map(
        (one) => `${one.line}:${one.column} ${one.message}${one.help ? `; ${one.help}` : ""}`,
      );
};

describe("a policy file", () => {
  it.each(["", "# nothing yet\n", "{}", "---\n"])("may be empty: %j", (text) => {
    expect(mistakes(text)).toEqual([]);
  });

  it("may be JSON, may have rules of its own, and an empty check permits", () => {
    expect(
      mistakes('{"owner": "user_id:%(user_id)s", "clusters:delete": "rule:owner", "events:get": ""}'),
    ).toEqual([]);
  });

  it.each<[string, string[]]>([
    [
      '# ours\n"clusters:delte": "role:admin"\n',
      ['2:1 there is no rule "clusters:delte"; did you mean "clusters:delete"?'],
    ],
    [
      '"clusters:delete": "role:admin or"\n"nodes:delete": "rol:admin"\n',
      [
        '1:20 rule "clusters:delete": a check is missing at the end, at character 14 of its check',
        '2:17 rule "nodes:delete": a caller has no "rol", at character 1 of its check; did you mean "role"?',
      ],
    ],
    [
      '"clusters:delete": "rule:ownr"\n"owner": "user_id:%(user_id)s"\n',
      ['1:20 rule "clusters:delete": there is no rule "ownr"; did you mean "owner"?'],
    ],
    [
      'a: "rule:b"\nb: "rule:c or @"\nc: "not rule:a"\n',
      ['1:4 rule "a": it leads back to itself: a -> b -> c -> a'],
    ],
    [
      '"clusters:action": "rule:clusters:action:resize"\n',
      [
        '1:20 rule "clusters:action": it leads back to itself: clusters:action -> clusters:action:resize -> clusters:action',
      ],
    ],
    [
      "clusters:delete: 5\n",
      [
        '1:18 rule "clusters:delete": its check is no text; write it in quotation marks: "role:admin", "@" for everyone, "!" for nobody',
      ],
    ],
    [
      "clusters:delete:\n  - role:admin\n",
      [
        '1:1 rule "clusters:delete": its check is no text; write it in quotation marks: "role:admin", "@" for everyone, "!" for nobody',
      ],
    ],
    ["- role:admin\n", ['1:1 the file is no map of rules; write lines like "clusters:delete": "role:admin"']],
    ['a: "@"\na: "!"\n', ["2:1 Map keys must be unique"]],
  ])("is refused with line and reason: %j", (text, expected) => {
    expect(mistakes(text)).toEqual(expected);
  });

  it("names the line of what is no YAML", () => {
    expect(mistakes('"clusters:delete": @\n')[0]).toMatch(/^1:20 /);
    expect(mistakes('"clusters:delete": "role:admin\n')[0]).toMatch(/^\d:\d/);
    expect(mistakes("clusters:delete: !\n")[0]).toMatch(/^1:19 rule "clusters:delete": its check is no text/);
  });
});

it("each file of rules in docs/access.md holds", () => {
  const page = readFileSync(new URL("../../../../docs/access.md", import.meta.url), "utf8");
  const files = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? "");
  expect(files).toHaveLength(2);
  for (const file of files) expect(mistakes(file)).toEqual([]);
});

describe("the rules of a server", () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const member = callerOf("ann", ["member"]);
  const root = callerOf("root", ["admin"]);
  const lookMs = 20;

  it("follow the file, also when it is replaced, and stay as they were while it is broken", async () => {
    const file = join(folder, "rules.yaml");
    writeFileSync(file, '"clusters:delete": "role:admin"\n');
    const rules = await PolicyRules.open({ file, logger, lookMs });
    const mayDelete = () => rules.holds("clusters:delete", member);
    expect(mayDelete()).toBe(false);
    expect(rules.holds("clusters:delete", root)).toBe(true);
    expect(rules.holds("clusters:create", member)).toBe(true); // not in the file: the default
    writeFileSync(file, '"clusters:delete": "role:admin or role:member"\n');
    await vi.waitFor(() => expect(mayDelete()).toBe(true), { timeout: 5000 });
    writeFileSync(file, '"clusters:delete": "!"\n"clusters:delte": "@"\n');
    await vi.waitFor(() => expect(lines.join()).toContain('did you mean \\"clusters:delete\\"?'), {
      timeout: 5000,
    });
    expect(mayDelete()).toBe(true);
    writeFileSync(`${file}.new`, '"clusters:delete": "!"\n');
    renameSync(`${file}.new`, file);
    await vi.waitFor(() => expect(mayDelete()).toBe(false), { timeout: 5000 });
    rmSync(file);
    await vi.waitFor(() => expect(lines.join()).toContain("ENOENT"), { timeout: 5000 });
    expect(mayDelete()).toBe(false);
    rules.close();
  });

  it("give Senlin's way again: whoever is authenticated works in its project", async () => {
    const file = join(folder, "as-senlin.yaml");
    const own = '"project_id:%(project_id)s"';
    writeFileSync(file, `"project_member_api": ${own}\n"project_reader_api": ${own}\n`);
    const rules = await PolicyRules.open({ file, logger });
    const odd = callerOf("ann", ["creator"]);
    expect(rules.holds("clusters:create", odd)).toBe(true);
    expect(rules.holds("clusters:get", odd)).toBe(true);
    expect(rules.holds("clusters:get", odd, { projectId: "p-of-eve" })).toBe(false);
    expect(rules.holds("services:index", odd)).toBe(false);
    rules.close();
  });

  it("permit owners alone, where the file says so", async () => {
    const file = join(folder, "owners.yaml");
    writeFileSync(file, '"clusters:action:resize": "user_id:%(user_id)s and rule:clusters:action"\n');
    const rules = await PolicyRules.open({ file, logger });
    const mates = { projectId: member.projectId, userId: "bob", domainId: "default" };
    expect(rules.holds("clusters:action:resize", member)).toBe(true);
    expect(rules.holds("clusters:action:resize", member, mates)).toBe(false);
    expect(rules.holds("clusters:action:scale_out", member, mates)).toBe(true);
    rules.close();
  });

  it("end the start when the file is broken or absent", async () => {
    const file = join(folder, "broken.yaml");
    writeFileSync(file, '\n"nodes:creat": "@"\n');
    await expect(PolicyRules.open({ file, logger })).rejects.toThrow(
      `${file}:2:1: there is no rule "nodes:creat"; did you mean "nodes:create"?`,
    );
    await expect(PolicyRules.open({ file: join(folder, "absent.yaml"), logger })).rejects.toThrow(
      "can't be read",
    );
  });
});
