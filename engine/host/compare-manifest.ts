import { operationsOf, otherKinds } from "../../plugins/sdk/kinds.ts";
import { type Manifest, standardOperations } from "../../plugins/sdk/manifest.ts";
import { targetPath } from "./call-target.ts";
import type { DriverDescription } from "./guest/isolate/describe-driver.ts";

/** Where a manifest and what the code exports say different things: a clause each; none when they agree. */
export function differences(manifest: Manifest, code: DriverDescription): string[] {
  const lies = [...code.strange];
  if (code.contract !== manifest.contract && lies.length === 0)
    lies.push(`the code says contract ${JSON.stringify(code.contract)}, the manifest ${manifest.contract}`);
  const { needed, allowed } = declaredPaths(manifest);
  const exported = new Set(code.paths);
  const things = new Set([...needed, ...allowed].map(thingOf));
  for (const thing of new Set([...code.holders, ...code.paths].map(thingOf)))
    if (thing !== undefined && !things.has(thing)) lies.push(`${named(thing)} is exported and not declared`);
  const found = new Set([...code.holders, ...code.paths].map(thingOf));
  for (const thing of things)
    if (thing !== undefined && !found.has(thing)) lies.push(`${named(thing)} is declared and not exported`);
  for (const path of needed)
    if (!exported.has(path) && isPart(path, found)) lies.push(`${named(path)} is declared and not exported`);
  for (const path of exported)
    if (!needed.has(path) && !allowed.has(path) && isPart(path, things)) lies.push(surplus(path));
  return lies;
}

/** What has to be exported, and what may be beside it. */
function declaredPaths(m: Manifest): { needed: Set<string>; allowed: Set<string> } {
  const needed = new Set<string>();
  const allowed = new Set<string>();
  const long = (at: string, operations: Manifest["functions"]) => {
    if (!Object.values(operations).some((operation) => operation.long === true)) return;
    needed.add(`${at}poll`);
    allowed.add(`${at}cancel`);
  };
  for (const [profile, type] of Object.entries(m.profiles)) {
    for (const operation of Object.keys(type.operations))
      needed.add(targetPath({ kind: "operation", profile, operation }, "begin"));
    for (const operation of Object.keys(type.batch ?? {}))
      needed.add(targetPath({ kind: "batch", profile, operation }, "begin"));
    long(`profiles.${profile}.`, type.operations);
  }
  for (const name of Object.keys(m.functions)) needed.add(`functions.${name}`);
  long("", m.functions);
  for (const kind of otherKinds)
    for (const [name, thing] of Object.entries(m[kind] ?? {}))
      for (const operation of operationsOf(kind, thing)) needed.add(`${kind}.${name}.${operation}`);
  return { needed, allowed };
}

/** `profiles.box` of `profiles.box.create`: of what is neither there nor declared, only the whole is reported. */
function thingOf(path: string): string | undefined {
  const [kind = "", name] = path.split(".");
  return name === undefined || kind === "functions" ? undefined : `${kind}.${name}`;
}

function isPart(path: string, things: ReadonlySet<string | undefined>): boolean {
  const thing = thingOf(path);
  return thing === undefined || things.has(thing);
}

function surplus(path: string): string {
  const [kind, name, ...rest] = path.split(".");
  const own = rest.length === 1 ? rest[0] : undefined;
  const fixed: readonly string[] = [...standardOperations, "poll", "cancel"];
  if (kind === "profiles" && own !== undefined && !fixed.includes(own))
    return `${name}.${own} is not an operation of the contract; put it under operations`;
  if (own === "poll" || own === "cancel" || kind === "poll" || kind === "cancel")
    return `${named(path)} is exported while nothing is declared as "long"`;
  return `${named(path)} is exported and not declared`;
}

/** `operation of box "open"`, `function "ping"`, `policy type "spread"`. */
function named(path: string): string {
  const [kind = "", name, ...rest] = path.split(".");
  if (name === undefined) return `"${kind}"`;
  if (kind === "profiles" && rest.length > 0) {
    const [first = "", second] = rest;
    if (first === "operations") return `operation of ${name} "${second}"`;
    if (first === "batch") return `batch operation of ${name} "${second}"`;
    return `operation of ${name} "${first}"`;
  }
  const word = words[kind] ?? kind;
  return rest.length === 0 ? `${word} "${name}"` : `"${rest.join(".")}" of ${word} "${name}"`;
}

const words: Readonly<Record<string, string>> = {
  profiles: "profile type",
  functions: "function",
  policies: "policy type",
  sources: "event source",
  notifiers: "notifier",
  secret_stores: "secret store",
  coordination: "coordination backend",
};
