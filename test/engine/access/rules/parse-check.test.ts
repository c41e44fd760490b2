import fc from "fast-check";
import { expect, it } from "vitest";
import type { Caller, Target } from "../../../../engine/access/caller.ts";
import type { Check } from "../../../../engine/access/rules/check.ts";
import { checkHolds } from "../../../../engine/access/rules/check-holds.ts";
import { parseCheck } from "../../../../engine/access/rules/parse-check.ts";
import { callerOf } from "../callers.ts";

const named = new Map<string, Check>([
  ["yes", { kind: "always" }],
  ["clusters:delete", { kind: "role", role: ["member"] }],
]);

function holds(text: string, caller: Caller, target: Target = caller): boolean {
  const parsed = parseCheck(text);
  if (!parsed.ok) throw new Error(parsed.mistake.message);
  return checkHolds(parsed.check, caller, target, named);
}

const ann = callerOf("ann", ["member", "reader"]);

it.each([
  ["", true],
  ["   ", true],
  ["@", true],
  ["!", false],
  ["role:member", true],
  ["role:Member", true],
  ["role:admin", false],
  ["not role:admin", true],
  ["NOT role:admin AND role:member", true],
  ["not not role:member", true],
  ["rule:yes", true],
  ["rule:clusters:delete", true],
  ["role:admin or role:member", true],
  ["role:member or role:reader and role:admin", true], // and binds tighter
  ["(role:member or role:reader) and role:admin", false],
  ["not (role:admin or role:member)", false],
  ["((role:member))", true],
  ["user_id:ann", true],
  ["user_id:%(user_id)s", true],
  ["user:%(user)s", true],
  ["user_id:%(target.user_id)s", true],
  ["project_id:%(project_id)s", true],
  ["tenant:%(tenant_id)s", true],
  ["is_admin:True", false],
  ["is_admin:False", true],
  ["'p-of-ann':%(project_id)s", true],
  ['"p-of-eve":%(project_id)s', false],
  ["project_name:'the project of ann'", true],
  ["project_id:p-of-%(user_id)s", true],
  ["(project_id:%(project_id)s)", true],
])("%s", (text, expected) => {
  expect(holds(text, ann)).toBe(expected);
});

it("compares with the object's owner, and is false where that is unknown", () => {
  const eve = { projectId: "p-of-eve", userId: "eve", domainId: null };
  expect(holds("project_id:%(project_id)s", ann, eve)).toBe(false);
  expect(holds("user_id:%(user_id)s", ann, { userId: "ann" })).toBe(true);
  expect(holds("user_id:%(user_id)s", ann, {})).toBe(false);
  expect(holds("domain_id:%(domain_id)s", { ...ann, domainId: null }, eve)).toBe(false); // nobody's equals nobody's
});

it("knows an admin", () => {
  expect(holds("is_admin:True", { ...ann, isAdmin: true })).toBe(true);
});

it.each([
  ["role:admin or", 13, "a check is missing at the end"],
  ["or role:admin", 0, 'a check is missing before "or"'],
  ["role:admin role:member", 11, '"and" or "or" is missing before "role:member"'],
  ["(role:admin", 0, '"(" is never closed'],
  ["role:admin)", 10, '")" closes nothing'],
  ["admin", 0, '"admin" is no check'],
  ["role:", 0, 'nothing stands after "role:"'],
  [":admin", 0, '":admin" is no check'],
  ["roles:admin", 0, 'a caller has no "roles"'],
  ["projct_id:%(project_id)s", 0, 'a caller has no "projct_id"'],
  ["project_id:%(project)", 12, '"and" or "or" is missing before "("'],
  ["project_id:%(owner)s", 11, 'an object\'s owner has no "owner"'],
  ["http://example.org/check", 0, "checks that ask another server are not supported"],
  ["'half:x", 0, "a quotation mark has no second one"],
  [`${"(".repeat(51)}@${")".repeat(51)}`, 50, 'parentheses and "not" lie more than 50 deep'],
])("refuses %s", (text, at, message) => {
  const parsed = parseCheck(text);
  expect(parsed).toMatchObject({ ok: false, mistake: { at, message } });
});

it("says what was probably meant", () => {
  expect(parseCheck("rol:admin")).toMatchObject({ mistake: { help: 'did you mean "role"?' } });
  expect(parseCheck("user_id:%(usr_id)s")).toMatchObject({ mistake: { help: 'did you mean "user_id"?' } });
});

/** A generated rule, as text with more parentheses than needed, and what it must say. */
interface Sample {
  readonly text: string;
  readonly value: boolean;
}
const leaf = fc.constantFrom<Sample>(
  { text: "@", value: true },
  { text: "!", value: false },
  { text: "role:member", value: true },
  { text: "role:admin", value: false },
  { text: "user_id:%(user_id)s", value: true },
  { text: "rule:yes", value: true },
);
const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    tie("sample").map(({ text, value }) => ({ text: `not (${text})`, value: !value })),
    fc.array(tie("sample"), { minLength: 2, maxLength: 4 }).map((all) => ({
      text: all.map(({ text }) => `(${text})`).join(" and "),
      value: all.every(({ value }) => value),
    })),
    fc.array(tie("sample"), { minLength: 2, maxLength: 4 }).map((all) => ({
      text: all.map(({ text }) => `( ${text} )`).join(" or "),
      value: all.some(({ value }) => value),
    })),
  ),
}));

it("means what boolean algebra means", () => {
  fc.assert(
    fc.property(sample, ({ text, value }) => {
      expect(holds(text, ann)).toBe(value);
    }),
    { numRuns: 500 },
  );
});

it("reads or refuses any text, and never throws", () => {
  const piece = fc.constantFrom(
    "(",
    ")",
    "and",
    "or",
    "not",
    "role:a",
    "%(",
    ")s",
    "'",
    ":",
    "@",
    "!",
    " ",
    "é",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join("");
      const parsed = parseCheck(text);
      if (!parsed.ok) expect(parsed.mistake.at).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 1000 },
  );
});
