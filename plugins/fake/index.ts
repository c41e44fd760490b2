import { defineDriver } from "../sdk/driver.ts";
import {
  balancers,
  fail,
  happen,
  mend,
  notices,
  pollWork,
  price,
  quota,
  servers,
  work,
} from "./functions.ts";
import { balance, drawer, incidents, keep, locks, mailbox } from "./kinds.ts";
import { server } from "./server.ts";

/** Servers that exist only as records, and one of every other kind of thing that a plugin may provide. */
export default defineDriver({
  contract: 1,
  profiles: { server },
  functions: { balancers, fail, happen, mend, notices, price, quota, servers, work },
  poll: pollWork,
  policies: { balance, keep },
  sources: { incidents },
  notifiers: { mailbox },
  secret_stores: { drawer },
  coordination: { locks },
});
