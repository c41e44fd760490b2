import fc from "fast-check";
import type { Engine, WorkerProcess } from "../wounds/engine.ts";
import { type Step, stepIn, type Weather } from "./steps.ts";
import { ModelWorld } from "./world.ts";

/** Where steps are taken: an engine with workers, for one run after the other. */
export interface Stage {
  readonly engine: Engine;
  readonly workers: WorkerProcess[];
  readonly tell: (line: string) => void;
}

type Command = fc.AsyncCommand<object, ModelWorld>;

/** Takes the steps in a world of their own, to its end. Throws with all that is wrong. */
export async function runSteps(stage: Stage, steps: readonly Step[]): Promise<void> {
  await runCommands(
    stage,
    steps.map((step) => new StepCommand(step, stage.tell)),
  );
}

/** The steps that one seed stands for. */
export function stepsOf(seed: number, q: Weather & { readonly most: number }): readonly Step[] {
  const all = fc.array(stepIn(q), { minLength: Math.ceil(q.most / 3), maxLength: q.most, size: "max" });
  return fc.sample(all, { seed, numRuns: 1 })[0] ?? [];
}

async function runCommands(stage: Stage, commands: Iterable<Command>): Promise<void> {
  let world: ModelWorld | undefined;
  try {
    await fc.asyncModelRun(async () => {
      world = await ModelWorld.open(stage.engine, stage.workers, stage.tell);
      return { model: {}, real: world };
    }, commands);
    await world?.end();
  } finally {
    await world?.close();
  }
}

/** A step as fast-check takes it; what it may do depends on what is there, so that it is always possible. */
export class StepCommand implements fc.AsyncCommand<object, ModelWorld> {
  readonly step: Step;
  readonly #tell: (line: string) => void;

  constructor(step: Step, tell: (line: string) => void) {
    this.step = step;
    this.#tell = tell;
  }

  check(): boolean {
    return true;
  }

  async run(_model: object, world: ModelWorld): Promise<void> {
    this.#tell(JSON.stringify(this.step));
    await world.take(this.step);
  }

  toString(): string {
    return JSON.stringify(this.step);
  }
}
