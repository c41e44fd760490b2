import type { Plan, Step } from "../../grammar/plan.ts";
import { visitSteps } from "../../grammar/plan-steps.ts";

/** How much of one file's statements and branches has run. */
export interface FileCoverage {
  readonly path: string;
  readonly statements: Count;
  /** Sides of `if`, cases of `match`, `recover`. */
  readonly branches: Count;
  /** Lines with a statement that never began, ascending. */
  readonly uncoveredLines: readonly number[];
  /** Lines with a branch that was never taken, although its statement ran, ascending. */
  readonly partlyCoveredLines: readonly number[];
}

export interface Count {
  readonly covered: number;
  readonly total: number;
}

/** Counts which statements of actions and policies ran, over any number of tests and programs. */
export class Coverage {
  readonly #statements = new Map<string, Statement>();

  /** Takes in the statements of a plan's first `fileCount` files, the program and its imports; tells what counts its steps. */
  add(plan: Plan, fileCount: number): (step: Step) => void {
    for (const steps of bodiesOf(plan)) {
      visitSteps(steps, (step) => {
        const path = plan.files[step.at.file]?.path;
        if (path === undefined || step.at.file >= fileCount) return;
        const key = keyOf(path, step);
        if (!this.#statements.has(key)) this.#statements.set(key, { path, step, hits: 0 });
      });
    }
    return (step) => {
      const found = this.#statements.get(keyOf(plan.files[step.at.file]?.path ?? "", step));
      if (found !== undefined) found.hits += 1;
    };
  }

  /** By file, in order of path. */
  files(): readonly FileCoverage[] {
    const byPath = Map.groupBy(this.#statements.values(), ({ path }) => path);
    return [...byPath]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, statements]) => this.#file(path, statements));
  }

  #file(path: string, statements: readonly Statement[]): FileCoverage {
    const branches = statements.flatMap((statement) =>
      this.#branches(path, statement).map((taken) => ({ statement, taken })),
    );
    const uncovered = statements.filter(({ hits }) => hits === 0);
    const partly = branches.filter(({ statement, taken }) => !taken && statement.hits > 0);
    return {
      path,
      statements: { covered: statements.length - uncovered.length, total: statements.length },
      branches: { covered: branches.filter(({ taken }) => taken).length, total: branches.length },
      uncoveredLines: linesOf(uncovered),
      partlyCoveredLines: linesOf(partly.map(({ statement }) => statement)),
    };
  }

  /** For each branch of a statement, whether it was taken; a block without statements tells nothing. */
  #branches(path: string, { step, hits }: Statement): readonly boolean[] {
    const hitsOf = (block: readonly Step[]): readonly number[] => {
      const first = block[0];
      return first === undefined ? [] : [this.#statements.get(keyOf(path, first))?.hits ?? 0];
    };
    switch (step.kind) {
      case "if": {
        const then = hitsOf(step.then);
        const otherwise =
          step.otherwise === null ? then.map((taken) => hits - taken) : hitsOf(step.otherwise);
        return [...then, ...otherwise].map((taken) => taken > 0);
      }
      case "match":
        return step.cases.flatMap(({ body }) => hitsOf(body)).map((taken) => taken > 0);
      case "try":
        return step.recover === null ? [] : hitsOf(step.recover.body).map((taken) => taken > 0);
      default:
        return [];
    }
  }
}

interface Statement {
  readonly path: string;
  readonly step: Step;
  hits: number;
}

/** A library that two programs import is the same file. */
function keyOf(path: string, { id, at }: Step): string {
  return `${path}:${at.line}:${at.column}:${id}`;
}

function bodiesOf(plan: Plan): readonly (readonly Step[])[] {
  return [
    ...Object.values(plan.actions).map((action) => action.body),
    ...Object.values(plan.policies).flatMap((policy) =>
      policy.type === undefined ? policy.hooks.map((hook) => hook.body) : [],
    ),
  ];
}

function linesOf(statements: readonly Statement[]): readonly number[] {
  return [...new Set(statements.map(({ step }) => step.at.line))].sort((a, b) => a - b);
}
