import { type Check, CheckFailure } from "../check.ts";
import type { Made, ProfileBench } from "../profile-bench.ts";

const has = (bench: ProfileBench, ...names: readonly string[]): boolean =>
  names.every((name) => bench.furtherOperations().includes(name));

/** Operations beyond the standard ones. */
export const operationChecks: readonly Check<ProfileBench>[] = [
  {
    name: "operations-repeat",
    title: "runs each further operation, and again with the same key",
    proves: "every operation may be repeated after a lost reply",
    after: ["create-visible"],
    applies: (bench) => bench.furtherOperations().length > 0,
    async run(bench) {
      for (const operation of bench.furtherOperations()) {
        const made = await bench.make();
        await turn(bench, made, operation);
      }
    },
  },
  ...(
    [
      ["stop", "start"],
      ["pause", "resume"],
      ["suspend", "resume"],
    ] as const
  ).map(
    ([down, up]): Check<ProfileBench> => ({
      name: `${down}-${up}`,
      title: `runs no more after ${down}, and runs again after ${up}`,
      proves: `programs and the engine rely on what ${down} and ${up} mean everywhere`,
      after: ["create-runs", "operations-repeat"],
      applies: (bench) => has(bench, down, up),
      async run(bench) {
        const made = await bench.make();
        await turn(bench, made, down);
        const off = await bench.look(made);
        if (!off.exists || off.running || off.healthy)
          throw new CheckFailure(
            `after ${down}, get says: exists ${off.exists}, running ${off.running}, healthy ${off.healthy}`,
            { help: `what is down exists, and neither runs nor is healthy` },
          );
        await turn(bench, made, up);
        const on = await bench.look(made);
        if (!on.running) throw new CheckFailure(`after ${up}, get says that it does not run`);
      },
    }),
  ),
  {
    name: "restart",
    title: "runs after a restart",
    proves: "programs rely on what restart means everywhere",
    after: ["create-runs", "operations-repeat"],
    applies: (bench) => has(bench, "restart"),
    async run(bench) {
      const made = await bench.make();
      await turn(bench, made, "restart");
      if (!(await bench.look(made)).running)
        throw new CheckFailure("after restart, get says that it does not run");
    },
  },
];

/** Runs an operation twice with one key. */
async function turn(bench: ProfileBench, made: Made, operation: string): Promise<void> {
  const call = { ...made, key: `${made.key}-${operation}` };
  await bench.operate(operation, call, { physicalId: made.physicalId });
  await bench.operate(operation, call, { physicalId: made.physicalId });
}
