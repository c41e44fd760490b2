/** Runs at most so many works at once. Owners whose works wait take turns, so that none has to wait for all of another's. */
export type FairLimit = <T>(owner: string, work: () => Promise<T>) => Promise<T>;

/** A limit of `atOnce` works; one owner's begin in the order in which they came. */
export function fairLimit(atOnce: number): FairLimit {
  /** Of owners with works that wait; the first one's turn is next. */
  const waiting = new Map<string, (() => void)[]>();
  let running = 0;
  const next = () => {
    while (running < atOnce) {
      const [turn] = waiting;
      if (turn === undefined) return;
      const [owner, works] = turn;
      const begin = works.shift();
      waiting.delete(owner);
      if (works.length > 0) waiting.set(owner, works); // behind the others
      running += 1;
      begin?.();
    }
  };
  return (owner, work) =>
    new Promise((resolve, reject) => {
      const begin = () => {
        void work()
          .then(resolve, reject)
          .finally(() => {
            running -= 1;
            next();
          });
      };
      const works = waiting.get(owner);
      if (works === undefined) waiting.set(owner, [begin]);
      else works.push(begin);
      next();
    });
}
