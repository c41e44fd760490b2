import { DriverError, defineDriver, type Host } from "../../../../plugins/sdk/sdk.ts";

type Lock = { owner: string; until: number };

const has = (host: Host, defect: string) => host.settings["defect"] === defect;
const leaked: number[][] = [];
let turns = 0;

/** Asks for a record; with the defect `swallows` it takes an outage for an answer. */
async function look(host: Host, key: string, otherwise: string | null = null) {
  try {
    return await host.state.get(key);
  } catch (error) {
    if (has(host, "swallows")) return otherwise;
    throw error;
  }
}

function leak(host: Host): void {
  if (has(host, "leaks")) leaked.push(Array.from({ length: 200 }, (_, i) => i + leaked.length));
}

async function take(
  host: Host,
  { name, owner, ttl }: { readonly name: string; readonly owner: string; readonly ttl: number },
  anew: boolean,
): Promise<{ held: boolean }> {
  leak(host);
  if (has(host, "everybody's")) return { held: true };
  const key = `lock/${name}`;
  const found = await look(host, key, "unknown");
  if (found === "unknown") return { held: true };
  return await takeFound(host, { name, owner, ttl }, anew, found as Lock | null);
}

async function takeFound(
  host: Host,
  { name, owner, ttl }: { readonly name: string; readonly owner: string; readonly ttl: number },
  anew: boolean,
  found: Lock | null,
): Promise<{ held: boolean }> {
  const key = `lock/${name}`;
  const free = found === null || (found.until < Date.now() && !has(host, "for-ever"));
  if (has(host, "not-again") && anew && found?.owner === owner && !free) return { held: false };
  if (free ? !anew : found.owner !== owner) return { held: false };
  const mine = { owner, until: Date.now() + ttl };
  if (has(host, "lock-races")) {
    await host.state.set(key, mine);
    return { held: true };
  }
  return { held: await host.state.compareAndSet(key, found === null ? null : { ...found }, mine) };
}

export default defineDriver({
  contract: 1,
  policies: {
    keeper: {
      async attach(host, { key }) {
        turns += 1;
        const ledger = `ledger/${key}${has(host, "attaches-anew") ? `-${turns}-${Date.now()}` : ""}`;
        await host.state.set(ledger, { open: true });
        return { data: { ledger } };
      },
      async decide(host, { nodes, phase, data }) {
        leak(host);
        turns += 1;
        if (has(host, "needs-nodes") && nodes.length === 0) throw new TypeError("no node to look at");
        await look(host, (data as { ledger: string }).ledger);
        if (phase === "after") return has(host, "denies-late") ? { deny: "too late" } : {};
        const ids = nodes.map(({ id }) => id);
        if (has(host, "by-chance")) return { choose: ids.slice(0, 1 + (turns % 3)) };
        if (has(host, "chooses-strangers")) return { choose: ["node-99"] };
        return { choose: ids.slice(0, 2) };
      },
      async detach(host, { data }) {
        const { ledger } = data as { ledger: string };
        if (has(host, "detaches-once") && (await host.state.get(ledger)) === null)
          throw new DriverError(`there is no ${ledger}`, { code: "gone", retryable: false });
        await host.state.delete(ledger);
      },
    },
  },
  sources: {
    feed: {
      async poll(host, { cursor }) {
        leak(host);
        await look(host, "feed");
        if (cursor === null) return { events: [], cursor: 0 };
        if (has(host, "begins-only"))
          throw new DriverError(`it knows no ${cursor}`, { code: "unknown-cursor", retryable: false });
        const until = Math.min(10, Number(cursor) + 3);
        const events = [];
        for (let number = Number(cursor) + 1; number <= until; number += 1) {
          if (has(host, "tells-once")) {
            if ((await host.state.get(`told/${number}`)) !== null) continue;
            await host.state.set(`told/${number}`, true);
          }
          events.push({ name: "tick", fields: { number }, id: String(number) });
        }
        return { events, cursor: until };
      },
    },
  },
  notifiers: {
    bell: {
      async send(host, { key, event }) {
        if (has(host, "deaf") && event.level === "ERROR") throw new TypeError("no such bell");
        const rung = await look(host, `rung/${key}`);
        if (has(host, "rings-once") && rung !== null)
          throw new DriverError(`${key} was rung`, { code: "rung-before", retryable: false });
        if (has(host, "swallows")) return;
        await host.state.set(`rung/${key}`, event.message);
      },
    },
  },
  secret_stores: {
    safe: {
      async read(host, { key }) {
        leak(host);
        turns += 1;
        await look(host, "door");
        if (key !== "password" && !has(host, "knows-all"))
          throw new DriverError(`the safe holds no ${key}`, { code: "secret-missing", retryable: false });
        return { value: has(host, "turns") ? `value-${turns}` : "value-of-it" };
      },
    },
  },
  coordination: {
    locks: {
      acquire: (host, call) => take(host, call, true),
      renew: (host, call) => take(host, call, false),
      async release(host, { name, owner }) {
        const found = (await host.state.get(`lock/${name}`)) as Lock | null;
        if (found?.owner === owner) await host.state.delete(`lock/${name}`);
      },
    },
  },
});
