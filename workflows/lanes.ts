/** What a lane waits for: requests with the same `key`, made before anything could move on, become one batch. */
export interface LaneRequest<Request, Outcome> {
  readonly key: string;
  readonly request: Request;
  /** At most this many requests in one batch, given how many there are. */
  readonly batchSize: (count: number) => number;
  /** One outcome for each request, in order; throwing fails all of them. */
  readonly run: (requests: readonly Request[]) => Promise<readonly Outcome[]>;
  /**
   * `records`: a local activity. A first run sees the answers of several one by one, a replay all at once; so those that
   * were sent together come back together, nothing is sent while one is under way, and both send the same.
   */
  readonly kind: "outside" | "records";
}

interface Waiting {
  readonly request: unknown;
  readonly resolve: (outcome: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Group {
  readonly kind: "outside" | "records";
  readonly batchSize: (count: number) => number;
  readonly run: (requests: readonly unknown[]) => Promise<readonly unknown[]>;
  readonly waiting: Waiting[];
}

interface Sent {
  readonly batch: readonly Waiting[];
  readonly outcomes: Promise<readonly unknown[]>;
}

/**
 * The concurrent lines of one run: an item of a `for`, a branch of a `parallel`. A lane runs until it must wait; when
 * none can go on, what they wait for is sent, alike requests together. So a step over 1,000 nodes is a handful of
 * activities and not 1,000, without the program saying so. Deterministic: the order depends only on outcomes.
 */
export class Lanes {
  /** Lanes that are not waiting. */
  #running = 1;
  #groups = new Map<string, Group>();
  readonly #beforeSending: () => void;

  /** `beforeSending` is called whenever all lanes wait, before anything is sent. */
  constructor(beforeSending: () => void) {
    this.#beforeSending = beforeSending;
  }

  /** Waits for the outcome of one request, in a batch with those that other lanes make meanwhile. */
  submit<Request, Outcome>(q: LaneRequest<Request, Outcome>): Promise<Outcome> {
    return new Promise<Outcome>((resolve, reject) => {
      let group = this.#groups.get(q.key);
      if (group === undefined) {
        group = {
          kind: q.kind,
          batchSize: q.batchSize,
          run: (requests) => q.run(requests as readonly Request[]), // a key belongs to one kind of request
          waiting: [],
        };
        this.#groups.set(q.key, group);
      }
      group.waiting.push({ request: q.request, resolve: (outcome) => resolve(outcome as Outcome), reject });
      this.#leave();
    });
  }

  /**
   * Runs tasks side by side, `atOnce` of them (all of them when it is left out), each in a lane of its own that takes the next
   * task when its own has ended; the caller's lane goes on when all have ended.
   */
  async fork<T>(
    tasks: readonly (() => Promise<T>)[],
    atOnce: number = tasks.length,
  ): Promise<readonly PromiseSettledResult<T>[]> {
    const results: PromiseSettledResult<T>[] = [];
    const lanes = Math.min(tasks.length, Math.max(1, atOnce));
    let next = 0;
    let left = lanes;
    const lane = async () => {
      for (let task = tasks[next]; task !== undefined; task = tasks[next]) {
        const at = next;
        next += 1;
        try {
          results[at] = { status: "fulfilled", value: await task() };
        } catch (reason) {
          results[at] = { status: "rejected", reason };
        }
      }
      left -= 1;
      if (left > 0) this.#leave(); // the last one hands its lane back to the caller
    };
    this.#running += lanes;
    if (lanes > 0) this.#running -= 1; // the caller's own lane waits
    await Promise.all(Array.from({ length: lanes }, lane));
    return results;
  }

  #leave(): void {
    this.#running -= 1;
    if (this.#running === 0) this.#send();
  }

  #send(): void {
    this.#beforeSending();
    const groups = [...this.#groups.values()];
    this.#groups.clear();
    const records: Sent[] = [];
    for (const group of groups) {
      const size = Math.max(1, group.batchSize(group.waiting.length));
      for (let start = 0; start < group.waiting.length; start += size) {
        const batch = group.waiting.slice(start, start + size);
        if (group.kind === "records") this.#running += batch.length; // as if they had not stopped
        const outcomes = group.run(batch.map((waiting) => waiting.request));
        if (group.kind === "records") records.push({ batch, outcomes });
        else void this.#deliver([{ batch, outcomes }], batch.length);
      }
    }
    if (records.length > 0) void this.#deliver(records, 0);
  }

  /** Wakes the lanes of these batches when all of them are back, in the order of sending; `back` lanes had stopped. */
  async #deliver(sent: readonly Sent[], back: number): Promise<void> {
    const results = await Promise.allSettled(sent.map(({ outcomes }) => outcomes));
    this.#running += back; // all of them, before the first one moves
    for (const [at, { batch }] of sent.entries()) {
      const result = results[at];
      if (result?.status === "fulfilled") {
        batch.forEach((waiting, index) => {
          waiting.resolve(result.value[index]);
        });
      } else for (const waiting of batch) waiting.reject(result?.reason);
    }
  }
}
