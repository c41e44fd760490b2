import { expression, type Kind, type Place, tiers } from "./generate-expressions.ts";
import type { Random } from "./random.ts";
import type { Piece } from "./scenario.ts";

/** What the generator keeps in mind while it writes one program. */
export interface Writing {
  readonly r: Random;
  /** Makes names and texts that are used once. */
  next(prefix: string): string;
  /** Actions that may be called: each takes the cluster that it works on. */
  readonly callable: readonly string[];
  /** Names of the program's policies. */
  readonly policies: readonly string[];
  /** Questions that were written, and whether the wait for an answer is short enough to get none. */
  readonly questions: { readonly text: string; readonly short: boolean }[];
  /** Whether anything may run side by side; set when it does. */
  sideBySide: boolean;
  readonly mayRunSideBySide: boolean;
  /** Inside a lock there is no other. */
  locked: boolean;
  /** Somebody else holds the lock "dns" for ever. */
  readonly dnsTaken: boolean;
  /** Some callable action takes a lock. */
  callableLocks: boolean;
  /** The run is cancelled when nothing but long waits are left: only then may a wait be long. */
  readonly longWaits: boolean;
  /** Texts that functions are called with begin so. */
  readonly told: { readonly operation: string; readonly text: string }[];
}

/** Some statements that act, in a scope of their own. */
export function block(w: Writing, place: Place, atMost = 4): readonly Piece[] {
  const pieces: Piece[] = [];
  let here: Place = { ...place, depth: place.depth - 1 };
  const count = w.r.int(1, atMost);
  for (let n = 0; n < count; n += 1) {
    const { piece, names } = statement(w, here);
    pieces.push(piece);
    here = { ...here, names: [...here.names, ...names] };
  }
  return pieces;
}

interface Written {
  readonly piece: Piece;
  readonly names: Place["names"];
}

function statement(w: Writing, place: Place): Written {
  const { r } = w;
  const plain = (piece: Piece): Written => ({ piece, names: [] });
  const deep = place.depth > 0;
  const whole = place.clusters.length > 0 && !place.lanes;
  const choices: (readonly [number, () => Written])[] = [
    [3, () => plain({ line: emit(w, place) })],
    [1, () => plain({ line: shortWait(w, place) })],
    [2, () => invoke(w, place)],
  ];
  if (place.nodes.length > 0) choices.push([9, () => plain(nodeCall(w, place))]);
  if (place.calm) return r.weighted(choices)();
  if (w.longWaits) choices.push([2, () => plain({ line: longWait(w) })]);
  choices.push([3, () => letValue(w, place)]);
  if (place.nodes.length > 0)
    choices.push([2, () => measure(w, place)], [2, () => plain(waitUntil(w, place))]);
  if (whole) choices.push([3, () => plain(clusterCall(w, place))]);
  if (whole && w.callable.length > 0 && !(w.locked && w.callableLocks))
    choices.push([2, () => plain(perform(w, place))]);
  if (r.percent(25)) choices.push([1, () => plain({ line: approve(w, place) })]);
  if (deep) {
    choices.push(
      [3, () => plain(ifElse(w, place))],
      [2, () => plain(match(w, place))],
      [4, () => plain(tryRecover(w, place))],
    );
    choices.push([2, () => plain(forValues(w, place))]);
    if (whole) choices.push([8, () => plain(forNodes(w, place))]);
    if (place.clusters.length > 1 && !place.lanes && w.mayRunSideBySide)
      choices.push([4, () => plain(parallel(w, place))]);
    if (!w.locked) choices.push([1, () => plain(lock(w, place))]);
  }
  if (r.percent(12)) choices.push([2, () => plain({ line: `fail "f{${expression(r, place, "Int", 1)}}"` })]);
  return r.weighted(choices)();
}

function letValue(w: Writing, place: Place): Written {
  const kind = w.r.pick<Kind>([
    ...(["Int", "Int", "String", "String", "Bool", "Tier"] as const),
    ...(["Spot", "Map", "Time", "Secret"] as const),
  ]);
  const name = w.next("v");
  return { piece: { line: `let ${name} = ${expression(w.r, place, kind)}` }, names: [{ name, kind }] };
}

function emit(w: Writing, place: Place): string {
  const value = (kind: Kind) => expression(w.r, place, kind, 1);
  const more = w.r.weighted<() => string>([
    [3, () => ""],
    [1, () => `, spot: ${value("Spot")}`],
    [1, () => `, marks: ${value("Map")}`],
    [1, () => ', day: time("2026-12-24 18:00").weekday()'],
  ])();
  return `emit "${w.next("e")}" { n: ${value("Int")}, t: ${value("String")}, tier: ${value("Tier")}${more} }`;
}

function shortWait(w: Writing, place: Place): string {
  const { r } = w;
  return r.weighted([
    [6, "wait 3ms"],
    [3, `wait ${r.int(0, 5)}ms`],
    [1, `wait ${expression(r, place, "Int", 0)} * 1ms`],
  ]);
}

/** What only a cancel ends. */
function longWait(w: Writing): string {
  if (w.r.percent(50)) return `wait ${w.r.int(2, 40)}h`;
  const question = w.next("question ");
  w.questions.push({ text: question, short: true });
  return `approve "${question}" within 30h`;
}

/** How a call that acts is tried; at the end `undo`, which may be a block. */
function clauses(w: Writing): string {
  const { r } = w;
  const retry = r.percent(35)
    ? ` retry ${r.int(1, 2)}${r.percent(50) ? " every 1ms..4ms" : " every 1ms"}`
    : "";
  return `${retry}${r.percent(30) ? " timeout 50ms" : ""}`;
}

function nodeCall(w: Writing, place: Place): Piece {
  const { r } = w;
  const node = r.pick(place.nodes);
  const value = () => expression(r, place, "String", 1);
  const call = r.weighted<() => string>([
    [6, () => `${node}.update(image: ${value()})`],
    [2, () => `${node}.update(image: ${value()}, weight: ${expression(r, place, "Int", 1)})`],
    [1, () => `${node}.update(password: ${expression(r, place, "Secret", 0)})`],
    [1, () => `${node}.update(tags: ${expression(r, place, "Map", 1)})`],
    [2, () => `${node}.stop()`],
    [2, () => `${node}.start()`],
    [2, () => `${node}.check()`],
    [1, () => `${node}.recreate()`],
    [1, () => `${node}.perform("stop", none)`],
    [1, () => `${node}.perform("${r.pick(["measure", "measure", "fly"])}", { what: ${value()} })`],
  ])();
  if (place.calm) return { line: `${call}${clauses(w)}` };
  return withUndo(w, `${call}${clauses(w)}`, () => block(w, { ...place, calm: true, depth: 1 }, 2));
}

/** A call, perhaps with what takes it back. */
function withUndo(w: Writing, call: string, body: () => readonly Piece[]): Piece {
  if (!w.r.percent(45)) return { line: call };
  return { blocks: [{ head: `${call} undo`, body: body() }] };
}

function measure(w: Writing, place: Place): Written {
  const name = w.next("v");
  const call = `${w.r.pick(place.nodes)}.measure(what: "${w.next("m")}")${clauses(w)}`;
  return { piece: { line: `let ${name} = ${call}` }, names: [{ name, kind: "Int" }] };
}

function invoke(w: Writing, place: Place): Written {
  const suffix = expression(w.r, place, "Int", 0);
  const text = w.next("n");
  if (place.calm || w.r.percent(50)) {
    w.told.push({ operation: "note", text });
    return { piece: { line: `fake.note(text: "${text} {${suffix}}")${clauses(w)}` }, names: [] };
  }
  const name = w.next("v");
  const operation = w.r.percent(70) ? "ask" : "login";
  w.told.push({ operation, text });
  const token = operation === "ask" ? "" : `token: ${expression(w.r, place, "Secret", 0)}, `;
  const line = `let ${name} = fake.${operation}(${token}text: "${text} {${suffix}}")${clauses(w)}`;
  return { piece: { line }, names: [{ name, kind: "Int" }] };
}

function waitUntil(w: Writing, place: Place): Piece {
  const node = w.r.pick(place.nodes);
  const condition = w.r.pick([
    `${node}.healthy`,
    `${node}.healthy or ${node}.index > 2`,
    `not ${node}.healthy`,
  ]);
  return { line: `wait until ${condition} every 2ms within 6ms` };
}

function clusterCall(w: Writing, place: Place): Piece {
  const { r } = w;
  const cluster = r.pick(place.clusters);
  const call = r.weighted<() => string>([
    [3, () => `${cluster}.scale_out(${r.int(1, 2)})`],
    [3, () => `${cluster}.scale_in(${r.int(1, 2)})`],
    [3, () => `${cluster}.resize(${r.int(0, 6)})`],
    [1, () => `${cluster}.recover()`],
    [1, () => `${cluster}.check()`],
    [1, () => `${cluster}.update()`],
    [1, () => `${cluster}.del_nodes(${cluster}.nodes.take(${r.int(0, 2)}), destroy_after_deletion: true)`],
    [1, () => `${cluster}.operation("${r.pick(["stop", "start", "fly"])}")`],
    [2, () => `${cluster}.${policyCall(w)}`],
  ])();
  if (r.percent(20)) return { line: `${cluster}.set_profile(image: ${expression(r, place, "String", 0)})` };
  return withUndo(w, call, () => [{ line: `${cluster}.resize(${r.int(1, 4)})` }]);
}

/** Attached, detached, silenced: policies of the program and of the library, some of which aren't there. */
function policyCall({ r, policies }: Writing): string {
  const policy = JSON.stringify(r.pick([...policies, "senlin_health", "nobody"]));
  return r.pick([
    `attach_policy(${policy}${r.percent(30) ? ", enabled: false" : ""})`,
    `detach_policy(${policy})`,
    `update_policy(${policy}, enabled: ${r.pick(["true", "false"])})`,
  ]);
}

function perform(w: Writing, place: Place): Piece {
  const { r } = w;
  const call = `${r.pick(w.callable)}(${r.pick(place.clusters)}, n: ${expression(r, place, "Int", 1)}, tier: ${expression(r, place, "Tier", 0)}, spot: ${expression(r, place, "Spot", 1)}${r.percent(50) ? `, marks: ${expression(r, place, "Map", 0)}` : ""}${r.percent(50) ? `, key: ${expression(r, place, "Secret", 0)}` : ""})`;
  return withUndo(w, call, () => [{ line: emit(w, place) }]);
}

function approve(w: Writing, place: Place): string {
  const question = w.next("question ");
  const short = !place.lanes && w.r.percent(30);
  w.questions.push({ text: question, short });
  return `approve "${question}"${w.r.percent(50) ? " by operator" : ""}${short ? " within 10ms" : " within 1h"}`;
}

function ifElse(w: Writing, place: Place): Piece {
  const head = `if ${expression(w.r, place, "Bool")}`;
  const blocks = [{ head, body: block(w, place, 3) }];
  if (w.r.percent(50)) blocks.push({ head: "else", body: block(w, place, 3) });
  return { blocks };
}

function match(w: Writing, place: Place): Piece {
  const { r } = w;
  const one = (head: string): Piece => ({ blocks: [{ head: `${head} =>`, body: block(w, place, 2) }] });
  if (r.percent(60)) {
    const [first = "small", ...others] = r.percent(50) ? tiers : [...tiers].reverse();
    const body = r.percent(50) ? [one(first), one(others.join(", "))] : [one(first), one("else")];
    return { blocks: [{ head: `match ${expression(r, place, "Tier", 1)}`, body }] };
  }
  const body = [one("0, 1"), one(String(r.int(2, 4))), one("else")];
  return { blocks: [{ head: `match ${expression(r, place, "Int", 1)}`, body }] };
}

function tryRecover(w: Writing, place: Place): Piece {
  const { r } = w;
  const blocks = [{ head: "try", body: block(w, place, 3) }];
  const recovers = r.percent(75);
  if (recovers) {
    const error = w.next("error");
    const told: Piece = {
      line: `emit "${w.next("r")}" { why: ${error}.message, code: ${error}.code, line: ${error}.line }`,
    };
    blocks.push({ head: `recover ${error}`, body: [told, ...(r.percent(50) ? block(w, place, 2) : [])] });
  }
  if (!recovers || r.percent(40))
    blocks.push({ head: "ensure", body: [{ line: emit(w, place) }, ...ensured(w, place)] });
  return { blocks };
}

/** What a cleanup does beside telling of itself. */
function ensured(w: Writing, place: Place): readonly Piece[] {
  return w.r.percent(50) ? block(w, { ...place, calm: true, depth: 1 }, 2) : [];
}

function forNodes(w: Writing, place: Place): Piece {
  const { r } = w;
  const node = w.next("node");
  const cluster = r.pick(place.clusters);
  const batch = w.mayRunSideBySide ? r.pick(["", "", " batch 2", " batch 3", " batch all"]) : "";
  if (batch !== "") w.sideBySide = true;
  const pause = batch !== "" && batch !== " batch all" && r.percent(30) ? " pause 2ms" : "";
  const tolerate = r.percent(35) ? ` tolerate ${r.pick(["1 failure", "2 failures"])}` : "";
  const list = r.weighted([
    [5, `${cluster}.nodes`],
    [1, `${cluster}.nodes.filter(x => x.index != 2)`],
    [1, `${cluster}.nodes.reverse()`],
    [1, `${cluster}.nodes.take(2)`],
  ]);
  // A batch of one is alone with the cluster, but what it does to the list's other nodes would be seen by the next ones.
  const inner: Place = { ...place, nodes: [node], clusters: [], lanes: true };
  const blocks = [{ head: `for ${node} in ${list}${batch}${pause}${tolerate}`, body: block(w, inner, 4) }];
  if (r.percent(30)) blocks.push({ head: "ensure", body: [{ line: emit(w, place) }] });
  return { blocks };
}

function forValues(w: Writing, place: Place): Piece {
  const { r } = w;
  const name = w.next("x");
  const kind: Kind = r.percent(50) ? "Int" : "String";
  const marks = place.names.find((known) => known.kind === "Map")?.name;
  const list =
    kind === "Int"
      ? r.pick(["[1, 2]", "[3]", "[0, 1, 2]", ...(marks === undefined ? [] : [`${marks}.values().take(3)`])])
      : r.pick(['["p", "q"]', '["r"]', ...(marks === undefined ? [] : [`${marks}.keys().take(2)`])]);
  const inner = { ...place, names: [...place.names, { name, kind }] };
  return { blocks: [{ head: `for ${name} in ${list}`, body: block(w, inner, 3) }] };
}

/** Each branch has clusters of its own. */
function parallel(w: Writing, place: Place): Piece {
  w.sideBySide = true;
  const body = place.clusters.map((cluster): Piece => {
    const inner = { ...place, clusters: [cluster], nodes: [] };
    return { blocks: [{ head: "", body: block(w, inner, 3) }] };
  });
  return { blocks: [{ head: "parallel", body }] };
}

function lock(w: Writing, place: Place): Piece {
  w.locked = true;
  w.callableLocks ||= w.callable.length === 0; // this is the helper that will be callable
  const names = w.r.pick(['"deploy"', '"dns"', '"deploy", "dns"']);
  const body = block(w, place, 3);
  w.locked = false;
  // a wait beside it passes faster in one runtime than in the other: nobody may be too late for a lock that comes free
  const within = w.dnsTaken && names.includes("dns") ? "20ms" : "12h";
  return { blocks: [{ head: `lock ${names} within ${within}`, body }] };
}
