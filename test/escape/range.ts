import { expect } from "vitest";
import type { LoadedPlugin } from "../../engine/host/load-plugin.ts";
import type { HostFailure, PluginCall } from "../../engine/host/plugin-host.ts";
import type { Grant, Json } from "../../grammar/plan.ts";
import { type HostFixture, hostFixture, pluginOf } from "../engine/host/host-fixture.ts";
import { lootSource } from "./loot.ts";

/** One thing that a hostile plugin may do. */
export interface Attack {
  readonly name: string;
  /** What it would mean if it worked. */
  readonly means: string;
  /** Of `async (host, call) => …`, with `loot` and `reap` at hand. */
  readonly source: string;
  /** What it gives when it comes to nothing; `[]`, no loot, when this and `fails` are left out. */
  readonly yields?: Json;
  /** Codes of failures, one of which ends it; a list with `"nothing"` allows it to come to nothing as well. */
  readonly fails?: readonly string[];
  /** Parts of targets that the audit must name as refused. */
  readonly refused?: readonly string[];
  readonly call?: Partial<PluginCall>;
}

/** A host with a hostile plugin and a healthy one, each attack in a guest process of its own. */
export interface Range {
  readonly fixture: HostFixture;
  readonly hostile: LoadedPlugin;
  /** Runs an attack and checks what every attack must leave behind: nothing gained, all others at work. */
  fire(attack: Attack): Promise<void>;
  close(): Promise<void>;
}

const capabilities = ["http", "state"] as const;

/** Loads all attacks as functions of one plugin. Every capability is declared and none is granted unless an attack is. */
export async function openRange(
  attacks: readonly Attack[],
  options: Parameters<typeof hostFixture>[1] = {},
): Promise<Range> {
  const hostile = await pluginOf(
    Object.fromEntries([
      ...attacks.map((attack, i) => [`attack_${i}`, attack.source]),
      ["alive", "async () => 'alive'"],
    ]),
    {
      manifest: {
        name: "hostile",
        needs: capabilities.map((capability) => ({ capability, why: "to attack" })),
      },
      top: lootSource,
    },
  );
  const healthy = await pluginOf(
    { ping: "async (_host, call) => [call.arguments.value, Object.keys({}).length, {}.polluted ?? null]" },
    { manifest: { name: "healthy" } },
  );
  const fixture = hostFixture([hostile, healthy], { processes: 4, ...options });
  const ping = async () =>
    expect(await fixture.invoke(healthy, "ping", { value: "ping" })).toEqual(["ping", 0, null]);
  return {
    fixture,
    hostile,
    async fire(attack) {
      const index = attacks.indexOf(attack);
      const projectId = `range-${index}`;
      const more = { projectId, timeoutMs: 15_000, ...attack.call };
      const before = fixture.audit.length;
      await ping();
      const outcome = await attempt(fixture, hostile, `attack_${index}`, more);
      await ping();
      expectHarmless(attack, outcome);
      expectNothingPolluted();
      await expectRefusals(fixture, attack, before);
      if ("failure" in outcome && outcome.failure.code.startsWith("plugin-"))
        await expect
          .poll(() => fixture.audit.slice(before).map((e) => `${e.outcome} ${e.capability} ${e.target}`), {
            message: "an attack that fails its call is in the audit",
            timeout: 20_000,
          })
          .toContain(`failed call attack_${index}: ${outcome.failure.code}`);
      if ("failure" in outcome)
        expect(await fixture.invoke(hostile, "alive", {}, { projectId })).toBe("alive");
    },
    close: () => fixture.host.close(),
  };
}

type Outcome = { readonly value: Json } | { readonly failure: HostFailure };

function attempt(
  fixture: HostFixture,
  plugin: LoadedPlugin,
  name: string,
  more: Partial<PluginCall>,
): Promise<Outcome> {
  return fixture.invoke(plugin, name, { value: null }, more).then(
    (value) => ({ value }),
    (failure: HostFailure) => ({ failure }),
  );
}

function expectHarmless({ means, yields = [], fails }: Attack, outcome: Outcome): void {
  if ("value" in outcome) {
    if (fails === undefined || fails.includes("nothing")) expect(outcome.value, means).toEqual(yields);
    else expect.fail(`it should have failed with ${fails.join(" or ")}: ${JSON.stringify(outcome.value)}`);
    return;
  }
  const { code, message, help } = outcome.failure;
  expect(fails ?? [], `${means}: failed with ${code}: ${message}`).toContain(code);
  expect(`${message} ${help}`, "a failure names no place of this machine").not.toMatch(
    /\/(work|home|root|tmp|usr)\//,
  );
}

/** The attack ran elsewhere; nothing of this process may have changed. */
function expectNothingPolluted(): void {
  for (const proto of [
    Object.prototype,
    Array.prototype,
    Function.prototype,
    Promise.prototype,
    String.prototype,
  ])
    expect(Object.keys(proto)).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.getOwnPropertyDescriptor(Array.prototype, "0")).toBeUndefined();
}

async function expectRefusals(fixture: HostFixture, { refused = [] }: Attack, before: number): Promise<void> {
  for (const target of refused)
    await expect
      .poll(() =>
        fixture.audit.slice(before).map((entry) => `${entry.outcome} ${entry.capability} ${entry.target}`),
      )
      .toContainEqual(expect.stringMatching(new RegExp(`^refused .*${literally(target)}`)));
}

/** Grants of one capability each. */
export function allow(capability: Grant["capability"], ...targets: string[]): Grant[] {
  return targets.length === 0
    ? [{ capability, target: null }]
    : targets.map((target) => ({ capability, target }));
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
