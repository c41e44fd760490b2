import type { Json } from "../../grammar/plan.ts";
import type { NodeUpdate } from "../store/update-nodes.ts";

/** What changes in the record of the node that an operation is about. */
export type Change = Omit<NodeUpdate, "nodeId">;

/**
 * What an operation has begun to do to one node's machine. It is kept before it is done, so that neither a lost reply nor a
 * worker that dies leaves a record which says that nothing happened.
 */
export class Begun {
  readonly #keep: (change: Change) => Promise<void>;
  #change: Change = {};

  constructor(keep: (change: Change) => Promise<void> = async () => {}) {
    this.#keep = keep;
  }

  /** What the record must say as long as nobody knows the end. */
  get change(): Change {
    return this.#change;
  }

  /** Resolves when it is kept; a repeat of the same is kept already. */
  async note(change: Change): Promise<void> {
    const before = JSON.stringify(this.#change);
    this.#change = { ...this.#change, ...change };
    if (JSON.stringify(this.#change) !== before) await this.#keep(change);
  }
}

/** What is still unconfirmed when these properties are known. */
export function without(
  unconfirmed: Readonly<Record<string, Json>>,
  known: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(unconfirmed).filter(([name]) => !(name in known)));
}

/** The status of a node that runs: one of which nobody knows what it is isn't ACTIVE, and its reason says how to mend that. */
export function statusOfRunning(
  unconfirmed: Readonly<Record<string, Json>>,
  reason: string,
): { readonly status: "ACTIVE" | "WARNING"; readonly statusReason: string } {
  const names = Object.keys(unconfirmed);
  if (names.length === 0) return { status: "ACTIVE", statusReason: reason };
  const doubt = `an update's reply was lost, so nobody knows whether it has ${names.join(", ")}; update it again, to any profile, or recover it with check`;
  return { status: "WARNING", statusReason: `${reason}; ${doubt}`.slice(0, 1000) };
}
