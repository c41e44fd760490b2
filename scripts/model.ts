import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";

/**
 * Plays random steps on clusters, with faults of the cloud and killed workers, and looks whether all promises hold:
 * `npm run model -- --count 100 --seed 1`. Seeds run from --seed on; what breaks is told with its seed and its steps, and
 * `--keep test/model/cases` writes them there. `--calm` kills no workers; `--tell` shows each step as it's taken.
 */
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    steps: { type: "string", default: "30" },
    lanes: { type: "string", default: "3" },
    keep: { type: "string", default: "" },
    calm: { type: "boolean", default: false },
    tell: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(
    "npm run model -- [--count 20] [--seed 1] [--steps 30] [--lanes 3] [--calm] [--tell] [--keep test/model/cases]",
  );
  process.exit();
}
const asked = {
  COPPICE_TEST_MODEL_COUNT: values.count,
  COPPICE_TEST_MODEL_SEED: values.seed,
  COPPICE_TEST_MODEL_STEPS: values.steps,
  COPPICE_TEST_MODEL_LANES: values.lanes,
  COPPICE_TEST_MODEL_KEEPS: values.keep,
  COPPICE_TEST_MODEL_KILLS: String(!values.calm),
  COPPICE_TEST_MODEL_TELLS: String(values.tell),
};
const root = join(import.meta.dirname, "..");
const child = spawn(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "test/model",
    "-t",
    "whatever comes",
    "--disable-console-intercept",
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, ...asked } },
);
const [code] = await once(child, "exit");
process.exitCode = code ?? 1;
