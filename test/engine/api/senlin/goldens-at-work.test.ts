import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { differencesFromGolden } from "../../../support/exchange/golden-files.ts";
import { type SenlinApi, startSenlinApi } from "../../../support/senlin-api.ts";

let api: SenlinApi;
beforeEach(async () => {
  api = await startSenlinApi({ worker: true });
});
afterEach(() => api.stop());

describe("answers as Senlin does, with a worker that does the work", () => {
  it.each(["clusters", "nodes", "cluster-actions", "actions", "events"])(
    "%s",
    async (name) => {
      const { url, accounts } = api;
      const { answers, wrong } = await differencesFromGolden(name, { url, accounts, patienceSeconds: 5 });
      console.log(name, answers, wrong.length);
      expect(wrong.join("\n\n")).toBe("");
    },
    400_000,
  );
});
