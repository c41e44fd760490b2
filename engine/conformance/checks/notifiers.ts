import type { Json } from "../../../grammar/plan.ts";
import type { Check } from "../check.ts";
import type { KindBench } from "../kind-bench.ts";

const levels = ["INFO", "WARN", "ERROR"];

/** What is asked of each notifier. */
export const notifierChecks: readonly Check<KindBench>[] = [
  {
    name: "notifier-sends",
    title: "sends notices of every level, with and without fields",
    proves: "people are told of what went wrong, whatever it was",
    async run(bench) {
      for (const level of levels) await bench.ask("send", noticeOf(bench, level));
    },
  },
  {
    name: "notifier-repeat",
    title: "may be asked again with the same key",
    proves: "the reply may be lost; the engine then sends once more",
    after: ["notifier-sends"],
    async run(bench) {
      const notice = noticeOf(bench, "WARN");
      await bench.ask("send", notice);
      await bench.ask("send", notice);
    },
  },
  {
    name: "notifier-unreachable",
    title: "fails so that it may be tried again when nothing can be reached",
    proves: "a notice that got lost in silence is worse than none",
    after: ["notifier-sends"],
    run: (bench) => bench.failsUnreachable("send", noticeOf(bench, "ERROR")),
  },
];

function noticeOf(bench: KindBench, level: string): Json {
  return {
    key: `conformance-${bench.run}-${level}`,
    event: {
      name: "cluster.resized",
      level,
      message: `web is resized to 3 (${level}) “ünïcödé”`,
      time: 1_700_000_000_000,
      fields: level === "INFO" ? {} : { cluster: "web", size: 3 },
    },
    arguments: bench.case.arguments,
  };
}
