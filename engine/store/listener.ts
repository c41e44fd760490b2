import pg from "pg";

export interface Listener {
  /** Settles when the connection and its LISTEN are gone. */
  close(): Promise<void>;
}

/**
 * Listens to NOTIFY channels on a connection of its own, which it opens anew whenever it breaks. `onNotice` is called
 * for each notification, and with `null` after each (re)connection: something may have been missed, so look at
 * everything. Resolves at the first connection, or after it failed once: then it keeps trying.
 */
export async function createListener(q: {
  url: string;
  channels: readonly string[];
  onNotice: (notice: { channel: string; payload: string } | null) => void;
  onError?: (error: Error) => void;
}): Promise<Listener> {
  let client: pg.Client | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let pause = 100;

  const again = (error: Error) => {
    if (closed) return;
    q.onError?.(error);
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), pause);
    pause = Math.min(pause * 2, 5000);
  };
  const connect = async () => {
    const next = new pg.Client({
      connectionString: q.url,
      application_name: "coppice-listener",
      keepAlive: true,
    });
    let broken = false;
    const lost = (error: Error) => {
      if (broken) return;
      broken = true;
      next.end().catch(() => undefined);
      again(error);
    };
    next.on("error", lost);
    next.on("end", () => lost(new Error("the database closed the listening connection")));
    next.on("notification", (n) => q.onNotice({ channel: n.channel, payload: n.payload ?? "" }));
    try {
      await next.connect();
      for (const channel of q.channels) await next.query(`listen ${pg.escapeIdentifier(channel)}`);
      client = next;
      pause = 100;
      if (closed) await next.end();
      else q.onNotice(null);
    } catch (error) {
      lost(error as Error);
    }
  };
  await connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
