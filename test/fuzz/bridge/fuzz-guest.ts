import type { EngineName } from "../../../engine/host/guest/room.ts";
import { type GuestChild, spawnGuest } from "../../../engine/host/guest-child.ts";
import { GuestProcess } from "../../../engine/host/guest-process.ts";
import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import type { Random } from "../random.ts";
import type { FuzzReport } from "./fuzz-bridge.ts";
import { hostileText } from "./hostile-json.ts";

const limits = { memoryMb: 64, sliceMs: 2000 };
const honestEvery = 400;
const answerMs = 60_000;

/** A worker that says anything to real guests: they answer honest calls after it, or end and say so. */
export async function fuzzGuest(q: {
  readonly plugin: LoadedPlugin;
  readonly engine: EngineName;
  readonly random: Random;
  readonly report: FuzzReport;
  readonly count: number;
}): Promise<void> {
  const { random, report } = q;
  const end = report.messages + q.count;
  while (report.messages < end) {
    const guest = await Guest.start(q.engine, q.plugin.bundle);
    while (report.messages < end && guest.lives) {
      for (let i = 0; i < honestEvery; i++) {
        guest.post(hostileText(random, random.pick(messages)));
        report.messages += 1;
      }
      if (await guest.answers()) count(report, `${q.engine}: answers`);
      if (random.chance(0.1)) guest.writeRaw(random); // it can't be asked after that
    }
    count(report, `${q.engine}: ${guest.lives ? "lives" : "ended"}`);
    guest.close();
  }
}

const call = { key: "k", arguments: { value: 1 } };
const messages = [
  { t: "call", id: 1, path: "functions.echo", call, settings: {} },
  { t: "call", id: 2, path: "functions.echo", call, settings: {}, many: true },
  { t: "reply", id: 1, ok: true, value: null },
  { t: "reply", id: 1, ok: false, value: { message: "m", code: "c", retryable: false } },
  { t: "end", id: 1 },
  { t: "timer", id: 1 },
  { t: "probe" },
];

/** One room of a real guest process, and a way to its pipe past all that keeps frames in order. */
class Guest {
  lives = true;
  readonly #process: GuestProcess;
  readonly #raw: () => GuestChild | undefined;
  readonly #waiting = new Map<number, () => void>();
  #post: (text: string) => void = () => {};
  #last = 1_000_000;

  private constructor(engine: EngineName) {
    let child: GuestChild | undefined;
    this.#raw = () => child;
    this.#process = new GuestProcess(engine, limits, (jail) => {
      child = spawnGuest(jail, engine);
      return child;
    });
  }

  static async start(engine: EngineName, bundle: string): Promise<Guest> {
    const guest = new Guest(engine);
    const { bridge, opened } = guest.#process.open({
      ...limits,
      bundle,
      name: "plugin:probe",
      onText: (text) => {
        const done = /^\{"t":"done","id":(\d+),/.exec(text); // it repeats ids that are no numbers
        guest.#waiting.get(Number(done?.[1]))?.();
      },
      onEnd: () => {
        guest.lives = false;
        for (const tell of guest.#waiting.values()) tell();
      },
    });
    guest.#post = (text) => bridge.post(text);
    await opened;
    return guest;
  }

  post(text: string): void {
    this.#post(text);
  }

  /** Whether it answers an honest call; `false` when it ended. Throws when it does neither. */
  async answers(): Promise<boolean> {
    const id = ++this.#last;
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.set(id, resolve);
      late = setTimeout(() => reject(new Error("a guest neither answered nor ended")), answerMs);
      this.#post(JSON.stringify({ ...messages[0], id }));
      if (!this.lives) resolve();
    });
    clearTimeout(late);
    this.#waiting.delete(id);
    return this.lives;
  }

  /** Bytes that are no frames. Nobody can know where the next frame begins, so this is the end of it. */
  writeRaw(random: Random): void {
    const bytes = Buffer.from(Array.from({ length: 1 + random.below(200) }, () => random.below(256)));
    this.#raw()?.stdin.write(bytes);
    this.close();
  }

  close(): void {
    this.lives = false;
    this.#process.kill({ reason: "closed", message: "the fuzz is done with it" });
  }
}

function count(report: FuzzReport, outcome: string): void {
  report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
}
