import { PassThrough, Writable } from "node:stream";
import { encodeFrame, FrameReader, frame } from "../../../engine/host/guest/frames.ts";
import type { GuestChild } from "../../../engine/host/guest-child.ts";

const sealed = JSON.stringify({ noNewPrivileges: true, systemCalls: true });

/** The far end of a bridge, played in this process: it comes up as a guest does, and then says what a test wants. */
export class HostileChild implements GuestChild {
  readonly pid = undefined;
  readonly stdin: Writable;
  readonly stdout = new PassThrough({ highWaterMark: 64 * 1024 * 1024 });
  readonly stderr = new PassThrough();
  /** Texts that came for the room. */
  onMessage: (text: string, room: number) => void = () => {};
  #tell: (message: string) => void = () => {};
  #ended = false;

  constructor() {
    const reader = new FrameReader((type, room, text) => {
      if (type === frame.start) this.say(frame.ready, 0, sealed);
      else if (type === frame.open) this.say(frame.opened, room, "{}");
      else if (type === frame.ping) this.say(frame.ping, 0, "");
      else if (type === frame.message) this.onMessage(text, room);
    });
    this.stdin = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        reader.push(chunk);
        done();
      },
    });
  }

  say(type: number, room: number, text: string): void {
    this.write(encodeFrame(type, room, text));
  }

  write(bytes: Buffer): void {
    if (!this.#ended) this.stdout.write(bytes);
  }

  kill(): void {
    if (this.#ended) return;
    this.#ended = true;
    setImmediate(() => this.#tell("was ended by SIGKILL"));
  }

  onEnd(tell: (message: string) => void): void {
    this.#tell = tell;
  }
}
