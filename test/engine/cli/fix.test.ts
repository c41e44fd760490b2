import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { root, runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const plugin = path.join(root, "plugins/fake");
const wrong = `plugin fake from "${plugin}" { allow state }
profile small = fake.servr { image: 'web:1' }
cluster web { profile: smal
  size: 2 in 1..3 }
`;
const right = `plugin fake from "${plugin}" {
  allow state
}
profile small = fake.server { image: "web:1" }
cluster web { profile: small, size: 2 in 1..3 }
`;

function write(text: string): string {
  const file = path.join(temporaryFolder(), "shop.coppice");
  writeFileSync(file, text);
  return file;
}

it("mends what can be mended, lays it out, and says what it did where", async () => {
  const file = write(wrong);
  const ran = await runCoppice(["fix", file]);
  expect(ran).toMatchObject({ code: 0, stdout: "" });
  expect(readFileSync(file, "utf8")).toBe(right);
  expect(ran.stderr).toContain(`${file}:2:22: `);
  expect(ran.stderr).toContain("(unknown-profile-type)");
  expect(ran.stderr).toContain("(single-quotes)");
  expect(ran.stderr).toContain("3 places mended");
  const again = await runCoppice(["fix", file, "--check"]);
  expect(again).toMatchObject({ code: 0, stderr: "nothing to mend\n" });
});

it("changes nothing with --check, and exits 1", async () => {
  const file = write(wrong);
  const ran = await runCoppice(["fix", "--check", "--json", file]);
  expect(ran).toMatchObject({ code: 1, stderr: "" });
  expect(JSON.parse(ran.stdout).files[0]).toMatchObject({ changed: true, ok: true });
  expect(readFileSync(file, "utf8")).toBe(wrong);
});

it("shows what is left for a person, and exits 3", async () => {
  const ran = await runCoppice(["fix", "-"], { stdin: "action a() {\n  nonsense_of_mine()\n}\n" });
  expect(ran.code).toBe(3);
  expect(ran.stdout).toBe("action a() {\n  nonsense_of_mine()\n}\n");
  expect(ran.stderr).toContain("error[");
});
