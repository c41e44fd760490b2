import { defineDriver } from "../sdk/driver.ts";
import { run } from "./run.ts";

/** Commands on the worker's machine, each granted by its path. */
export default defineDriver({ contract: 1, functions: { run } });
