/**
 * `node scripts/compare-senlin.ts record`: sends the requests of `test/engine/api/senlin/*.http` to the real Senlin and
 * keeps its normalised answers as golden files beside them.
 * `node scripts/compare-senlin.ts check --url http://127.0.0.1:8778`: sends them to Coppice and prints what differs.
 * Both take names of files to do only those, `--keystone URL` and, as COPPICE_TEST_KEYSTONE_PASSWORD, its administrator's
 * password. The exit code of `check` is 1 where an answer differs that isn't meant to.
 */
import { parseArgs } from "node:util";
import { differencesFromGolden, exchangeNames, recordGolden } from "../test/support/exchange/golden-files.ts";
import { makeKeystoneAccounts } from "../test/support/exchange/keystone-accounts.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: "string", default: "http://127.0.0.1:8777" },
    keystone: { type: "string", default: "http://127.0.0.1:5000/v3" },
  },
});
const [task, ...only] = positionals;
if (task !== "record" && task !== "check") {
  console.error("what shall I do? node scripts/compare-senlin.ts record|check [--url URL] [name ...]");
  process.exit(2);
}
const unknown = only.filter((name) => !exchangeNames().includes(name));
if (unknown.length > 0) {
  console.error(`there is no ${unknown.join(", ")}; there is ${exchangeNames().join(", ")}`);
  process.exit(2);
}
const adminPassword = process.env["COPPICE_TEST_KEYSTONE_PASSWORD"] ?? "peerpass";
const work = task === "record" ? recordGolden : differencesFromGolden;
let failed = false;
for (const name of only.length > 0 ? only : exchangeNames()) {
  const accounts = await makeKeystoneAccounts({ url: options.keystone, adminPassword });
  const { answers, wrong } = await work(name, { url: options.url, accounts });
  for (const each of wrong) console.log(`\n${each}`);
  failed ||= wrong.length > 0;
  console.log(
    task === "record"
      ? `${name}: ${answers} answers kept`
      : `${name}: ${answers - wrong.length} of ${answers} agree`,
  );
}
process.exitCode = failed ? 1 : 0;
