import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compareAnswer } from "../../../support/exchange/compare-answers.ts";
import { readExchange, readGolden } from "../../../support/exchange/golden-files.ts";
import { playRequests } from "../../../support/exchange/play-requests.ts";
import { type SenlinApi, startSenlinApi } from "../../../support/senlin-api.ts";

let api: SenlinApi;
beforeEach(async () => {
  api = await startSenlinApi({ worker: true, unsignedWebhooks: true });
});
afterEach(() => api.stop());

/** Files whose requests start actions; what Coppice answers otherwise on purpose says so in its own `@differs`. */
const names = [
  "profiles",
  "policies",
  "receivers",
  "clusters",
  "nodes",
  "cluster-actions",
  "actions",
  "events",
];

describe("answers as Senlin does, with a worker that does the work", () => {
  it.each(names)(
    "%s",
    async (name) => {
      const { url, accounts } = api;
      const golden = readGolden(name);
      const answers = await playRequests(readExchange(name), { url, accounts, patienceSeconds: 30 });
      const wrong = answers.flatMap((answer) => {
        const { title, line } = answer.request;
        const theirs = golden.get(title);
        const said = compareAnswer(
          { ...answer, text: simplified(answer.text) },
          theirs === undefined ? undefined : simplified(theirs),
        );
        return said === null ? [] : [`${title} (line ${line})\n${said}`];
      });
      expect(wrong.join("\n\n")).toBe("");
    },
    300_000,
  );
});

/** Without what depends on which cloud is played: Senlin's fake one keeps ports, zones and details of its own. */
function simplified(text: string): string {
  const at = text.search(/\n[{[]/);
  if (at < 0) return text;
  const end = text.indexOf("\n\n", at + 1);
  const body = text.slice(at + 1, end < 0 ? undefined : end);
  const walk = (value: unknown, key = ""): unknown => {
    if (key === "details") return "<details>";
    if (Array.isArray(value)) return value.map((item) => walk(item));
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).filter(
      ([name]) => key !== "data" || !["internal_ports", "placement", "recovery"].includes(name),
    );
    return Object.fromEntries(kept.map(([name, item]) => [name, walk(item, name)]));
  };
  try {
    return `${text.slice(0, at + 1)}${JSON.stringify(walk(JSON.parse(body)), null, 2)}${end < 0 ? "" : text.slice(end)}`;
  } catch {
    return text;
  }
}
