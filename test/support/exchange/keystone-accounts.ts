import { randomBytes } from "node:crypto";
import { type Account, type Keystone, logIn, makePeople } from "../keystone.ts";

/**
 * Makes projects and users of their own in a real Keystone, so that lists hold what the run itself made:
 * `member` and `reader` in one project, `other` in a second, `admin` in a third.
 */
export async function makeKeystoneAccounts(keystone: Keystone): Promise<Readonly<Record<string, Account>>> {
  const run = randomBytes(4).toString("hex");
  const own = await makePeople(keystone, `exchange-${run}`, ["member", "reader"]);
  const other = await makePeople(keystone, `exchange-other-${run}`, ["member"]);
  const admins = await makePeople(keystone, `exchange-admin-${run}`, ["admin"]);
  return {
    member: await logIn(keystone.url, own.member),
    reader: await logIn(keystone.url, own.reader),
    other: await logIn(keystone.url, other.member),
    admin: await logIn(keystone.url, admins.admin),
  };
}
