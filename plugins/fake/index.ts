import { defineDriver } from "../sdk/driver.ts";
import { fail, mend, servers } from "./functions.ts";
import { server } from "./server.ts";

/** Servers that exist only as records. */
export default defineDriver({ contract: 1, profiles: { server }, functions: { fail, mend, servers } });
