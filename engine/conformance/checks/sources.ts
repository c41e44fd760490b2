import type { Json } from "../../../grammar/plan.ts";
import { type Check, CheckFailure } from "../check.ts";
import type { AskOften, KindBench } from "../kind-bench.ts";

interface Told {
  readonly events: readonly { readonly name: string; readonly id: string }[];
  readonly cursor: Json;
}

/** What is asked of each source of events. */
export const sourceChecks: readonly Check<KindBench>[] = [
  {
    name: "source-begins",
    title: "answers the first question, and goes on from its own cursor",
    proves: "the engine keeps the cursor and knows nothing else of the source",
    async run(bench) {
      const first = await poll(bench, null);
      await poll(bench, first.cursor);
    },
  },
  {
    name: "source-repeat",
    title: "tells the same events, with the same ids, when a cursor comes again",
    proves: "a worker that is lost before it kept the events asks once more; each event must then count once",
    after: ["source-begins"],
    async run(bench) {
      let { cursor } = await poll(bench, null);
      let told = await poll(bench, cursor);
      for (let turn = 0; turn < looksAtMost && told.events.length === 0; turn += 1) {
        cursor = told.cursor; // there is nothing to tell twice from here on
        told = await poll(bench, cursor);
      }
      const ids = told.events.map(({ id }) => id);
      if (new Set(ids).size < ids.length)
        throw new CheckFailure(`one answer holds an id twice: ${ids.join(", ")}`);
      await bench.workbench.restart();
      const again = new Set((await poll(bench, cursor)).events.map(({ id }) => id));
      const lost = ids.filter((id) => !again.has(id));
      if (lost.length > 0)
        throw new CheckFailure(`asked again with the same cursor, it left out ${lost.join(", ")}`, {
          help: "remember nothing between polls: what to tell follows from the cursor alone",
        });
    },
  },
  {
    name: "source-unreachable",
    title: "fails so that it may be tried again when nothing can be reached",
    proves: "an empty answer with a new cursor would lose events",
    after: ["source-begins"],
    async run(bench) {
      await bench.failsUnreachable("poll", { cursor: (await poll(bench, null)).cursor });
    },
  },
];

const looksAtMost = 5;

/** From the same cursor on. */
export const askCursor: AskOften = async (bench) => {
  const { cursor } = await poll(bench, null);
  return { call: () => bench.attempt("poll", { cursor }), end: async () => {} };
};

async function poll(bench: KindBench, cursor: Json): Promise<Told> {
  return (await bench.ask("poll", { cursor })) as unknown as Told;
}
