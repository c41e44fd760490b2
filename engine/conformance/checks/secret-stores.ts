import { type Check, CheckFailure, describeFailure } from "../check.ts";
import type { AskOften, KindBench } from "../kind-bench.ts";

const noKey = (bench: KindBench) =>
  bench.case.key === null
    ? `conformance.json names no key that it knows (secret_stores.${bench.name}.key)`
    : null;

/** What is asked of each secret store. No value is ever shown. */
export const secretStoreChecks: readonly Check<KindBench>[] = [
  {
    name: "secret-reads",
    title: "reads a secret that is there, the same one again",
    proves: "each call that needs the secret reads it anew",
    skip: noKey,
    async run(bench) {
      const [first, second] = [await read(bench), await read(bench)];
      if (first === "") throw new CheckFailure("it read an empty value");
      if (first !== second) throw new CheckFailure("it read two different values for one key");
    },
  },
  {
    name: "secret-unknown",
    title: "says for good that it doesn't know a key",
    proves: "an empty value would be used as a password",
    async run(bench) {
      const outcome = await bench.attempt("read", { key: `no-such-key-${bench.run}` });
      if (outcome.ok) throw new CheckFailure("it gave a value for a key that nobody ever set");
      const { failure } = outcome;
      if (failure.retryable || failure.code === "plugin-bug")
        throw new CheckFailure(`read failed: ${describeFailure(failure)}`, {
          help: "throw a DriverError with retryable: false that names the key",
        });
    },
  },
  {
    name: "secret-unreachable",
    title: "fails so that it may be tried again when nothing can be reached",
    proves: "an outage passes",
    after: ["secret-reads"],
    run: (bench) => bench.failsUnreachable("read", { key: bench.case.key }),
  },
];

/** The key that it knows. */
export const askSecret: AskOften = async (bench) => ({
  call: () => bench.attempt("read", { key: bench.case.key }),
  end: async () => {},
});

async function read(bench: KindBench): Promise<string> {
  const { value } = (await bench.ask("read", { key: bench.case.key })) as { readonly value: string };
  return value;
}
