import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startEngine } from "../wounds/engine.ts";
import { runSteps, type Stage, stepsOf } from "./run-steps.ts";
import type { Step } from "./steps.ts";

/** Set by `npm run model -- --count 100 --seed 1`. */
const asked = {
  count: Number(process.env["COPPICE_TEST_MODEL_COUNT"] ?? 3),
  seed: Number(process.env["COPPICE_TEST_MODEL_SEED"] ?? 20261130),
  most: Number(process.env["COPPICE_TEST_MODEL_STEPS"] ?? 25),
  kills: process.env["COPPICE_TEST_MODEL_KILLS"] === "true",
  lanes: Number(process.env["COPPICE_TEST_MODEL_LANES"] ?? 3),
  tells: process.env["COPPICE_TEST_MODEL_TELLS"] === "true",
  keeps: process.env["COPPICE_TEST_MODEL_KEEPS"] ?? "",
};
/** A few seeds must not stop the suite; those that somebody asks for take as long as they take. */
const isPartOfSuite = process.env["COPPICE_TEST_MODEL_COUNT"] === undefined;
vi.setConfig({ testTimeout: isPartOfSuite ? 600_000 : 24 * 3_600_000, hookTimeout: 300_000 });

let stage: Stage;
beforeAll(async () => {
  const engine = await startEngine({ workers: 0, env: { COPPICE_NODES_PER_ACTIVITY: "2" } });
  const workers = await Promise.all([1, 2].map(() => engine.startWorker()));
  stage = { engine, workers, tell: (line) => asked.tells && console.log(line) };
});
afterAll(() => stage.engine.stop());

const cases = new URL("cases/", import.meta.url);

describe("what was found once", () => {
  const files = readdirSync(cases).filter((name) => name.endsWith(".json"));
  it.each(files)("%s", async (name) => {
    await runSteps(stage, JSON.parse(readFileSync(new URL(name, cases), "utf8")) as Step[]);
  });
});

it(`clusters keep their promises whatever comes (${asked.count} seeds from ${asked.seed})`, async () => {
  const broken: string[] = [];
  let next = asked.seed;
  const lane = async () => {
    while (next < asked.seed + asked.count) {
      const seed = next;
      next += 1;
      const steps = stepsOf(seed, asked);
      const begun = Date.now();
      try {
        await runSteps(stage, steps);
        console.log(
          `seed ${seed}: ${steps.length} steps, all well, ${Math.round((Date.now() - begun) / 1000)} s`,
        );
      } catch (error) {
        const told = error instanceof Error ? error.message : String(error);
        const shown = `[\n${steps.map((step) => `  ${JSON.stringify(step)}`).join(",\n")}\n]\n`;
        console.log(`seed ${seed}: ${told}\n${shown}`);
        broken.push(`seed ${seed}: ${told}`);
        if (asked.keeps !== "") writeFileSync(join(asked.keeps, `seed-${seed}.json`), shown);
      }
    }
  };
  await Promise.all(Array.from({ length: asked.lanes }, lane));
  expect(broken).toEqual([]);
});
