import type { Json } from "../../../../plugins/sdk/driver.ts";
import { type AbortSignalInside, whenAborted } from "./abort.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { toBytes } from "./bytes.ts";
import { utf8Encode } from "./encoding.ts";
import { ReadableStreamInside } from "./streams.ts";
import { request } from "./wires.ts";

/** What the broker takes and gives at a time. */
const chunkBytes = 64 * 1024;

/** An answer's body: each `pull` asks the broker for a piece, so what nobody reads stays where it is. */
export function answerStream(
  call: number,
  id: number,
  signal: AbortSignalInside,
): ReadableStreamInside<Uint8Array> {
  let forget = (): void => {};
  const cancel = () => request(call, "stream", { do: "cancel", id }).catch(() => null);
  return new ReadableStreamInside<Uint8Array>(
    {
      type: "bytes",
      start(controller) {
        forget = whenAborted(signal, () => {
          controller.error(signal.reason);
          void cancel();
        });
      },
      async pull(controller) {
        const piece = (await request(call, "stream", { do: "read", id })) as {
          done: boolean;
          chunk?: string;
        };
        if (signal.aborted) return;
        const bytes = piece.done ? undefined : fromBase64(String(piece.chunk));
        if (bytes !== undefined && bytes.length > 0) return controller.enqueue(bytes);
        forget();
        controller.close();
        controller.byobRequest?.respond(0);
      },
      async cancel() {
        forget();
        await cancel();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Sends a request whose body is a stream; resolves with the broker's answer, which may come before the body ends. */
export async function sendStream(
  call: number,
  q: Readonly<Record<string, unknown>>,
  body: ReadableStreamInside<Uint8Array>,
): Promise<Json> {
  const id = (await request(call, "stream", { do: "open" })) as number;
  const pumped = pump(call, id, body);
  const answer = request(call, "http", { ...q, bodyStream: id });
  pumped.catch(() => {}); // it breaks the request off, whose failure is the one to tell; see below
  const failed = pumped.then(
    () => new Promise<never>(() => {}),
    (error: unknown) => Promise.reject(error),
  );
  return Promise.race([answer, failed]);
}

async function pump(call: number, id: number, body: ReadableStreamInside<Uint8Array>): Promise<void> {
  try {
    for await (const piece of body) {
      const bytes = typeof piece === "string" ? utf8Encode(piece) : toBytes(piece);
      if (bytes === undefined) throw new TypeError("the body's stream gave something that is not bytes");
      for (let at = 0; at < bytes.length; at += chunkBytes)
        await request(call, "stream", {
          do: "write",
          id,
          chunk: toBase64(bytes.subarray(at, at + chunkBytes)),
        });
    }
    await request(call, "stream", { do: "end", id });
  } catch (error) {
    await request(call, "stream", { do: "fail", id }).catch(() => null);
    if ((error as { code?: unknown }).code !== "stream-closed") throw error; // the answer tells what happened
  }
}
