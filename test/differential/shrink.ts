import { planOf } from "./fixture.ts";
import type { Piece, Scenario } from "./scenario.ts";

/**
 * The smallest scenario that one finds by leaving out pieces and faults while `differs` still holds; `budget` bounds how
 * often it is asked. Only programs that compile are tried.
 */
export async function shrink(
  scenario: Scenario,
  differs: (scenario: Scenario) => Promise<boolean>,
  budget = 300,
): Promise<Scenario> {
  let best = scenario;
  let left = budget;
  for (let progress = true; progress && left > 0; ) {
    progress = false;
    for (const smaller of smallerOnes(best)) {
      if (left <= 0) break;
      if (!isWhole(smaller)) continue;
      left -= 1;
      if (!(await differs(smaller))) continue;
      best = smaller;
      progress = true;
      break;
    }
  }
  return best;
}

/** Whether it compiles and still has the action that it runs. */
function isWhole(scenario: Scenario): boolean {
  const compiled = planOf(scenario);
  return "plan" in compiled && compiled.plan.actions[scenario.action] !== undefined;
}

function* smallerOnes(scenario: Scenario): Generator<Scenario> {
  for (const [index] of scenario.faults.entries())
    yield { ...scenario, faults: scenario.faults.toSpliced(index, 1) };
  for (const part of ["sick", "missing", "locked"] as const)
    for (const [index] of scenario[part].entries())
      yield { ...scenario, [part]: scenario[part].toSpliced(index, 1) };
  for (const pieces of smallerLists(scenario.pieces)) yield { ...scenario, pieces };
  for (const imported of smallerLists(scenario.imported ?? [])) yield { ...scenario, imported };
}

/** Each with one piece less, or with a piece's insides in its place: large steps first. */
function* smallerLists(pieces: readonly Piece[]): Generator<readonly Piece[]> {
  for (const [index] of pieces.entries()) yield pieces.toSpliced(index, 1);
  for (const [index, piece] of pieces.entries()) {
    if ("line" in piece) continue;
    yield pieces.toSpliced(index, 1, ...piece.blocks.flatMap((block) => block.body));
    for (const [at, block] of piece.blocks.entries()) {
      if (at > 0) yield pieces.toSpliced(index, 1, { blocks: piece.blocks.toSpliced(at, 1) });
      for (const body of smallerLists(block.body)) {
        yield pieces.toSpliced(index, 1, { blocks: piece.blocks.toSpliced(at, 1, { ...block, body }) });
      }
    }
  }
}
