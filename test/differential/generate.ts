import { expression, type Place } from "./generate-expressions.ts";
import { block, type Writing } from "./generate-statements.ts";
import { Random } from "./random.ts";
import type { Fault, Piece, Scenario } from "./scenario.ts";

const clusters = ["shop", "spare"] as const;
const operations = [
  "update",
  "update",
  "update",
  "create",
  "delete",
  "stop",
  "start",
  "check",
  "recreate",
  "measure",
  "converge",
];
const triggers = ["every 30m", 'at "2026-12-24 20:00" in "Europe/Paris"', "on fake.gone as e"] as const;
const triggerNames = ["every_30m", "at_2026_12_24_20_00", "on_fake_gone"] as const;

/** The scenario of a seed: a well-typed program, and what goes wrong while it runs. */
export function generate(seed: number): Scenario {
  const r = new Random(seed);
  let count = 0;
  const mayRunSideBySide = r.percent(60);
  const longWaits = r.percent(12);
  const sizes = Object.fromEntries(clusters.map((name) => [name, r.int(1, 4)]));
  const questions: Writing["questions"] = [];
  const callable: string[] = [];
  const policies: ReturnType<typeof policy>[] = [];
  const w: Writing = {
    r,
    get policies() {
      return policies.map(({ name }) => name);
    },
    next: (prefix) => {
      count += 1;
      return `${prefix}${count}`;
    },
    callable,
    questions,
    sideBySide: false,
    mayRunSideBySide,
    locked: false,
    dnsTaken: r.percent(15),
    callableLocks: false,
    longWaits,
    told: [],
  };
  for (let left = r.int(0, 2); left > 0; left -= 1) policies.push(policy(w));
  const helper = action(
    w,
    "helper",
    ["cluster"],
    "(cluster: Cluster<fake.server>, n: Int in -5..20 = 1, tier: Tier, spot: Spot, marks: Map<Int> = {}, key: Secret = token)",
  );
  callable.push("helper");
  const main = action(w, "main", clusters, "(n: Int = 2, tier: Tier = Tier.small) -> Int");
  const trigger = r.percent(12) ? r.int(0, triggers.length - 1) : null;
  const shared: Piece[] = [
    { line: 'plugin fake from "fake"' },
    { line: "enum Tier { small, medium, large }" },
    { line: "record Spot { n: Int, t: String, mark: Int?, tiers: List<Tier> }" },
    { line: "record Marks { of: Map<Int> }" },
    { line: 'secret token = env("TOKEN")' },
    {
      line: `profile web = fake.server { image: "web:1"${r.percent(20) ? "  password: token  tags: { a: 1 }" : ""} }`,
    },
    ...policies.map(({ piece }) => piece),
    helper,
  ];
  const imports = r.percent(30);
  const pieces: Piece[] = [
    ...(imports ? [{ line: 'import "./shared.coppice"' }] : shared),
    ...clusters.map((name): Piece => {
      const bound = [
        ...policies.map(({ name: used }) => `${used}${enforcement(r)}`),
        ...(r.percent(35) ? [r.pick(libraryPolicies)(r)] : []),
      ];
      const list = bound.length > 0 && r.percent(80) ? `  policies: [${bound.join(", ")}]` : "";
      const labels = `labels: { ${r.percent(50) ? 'env: "prod", ' : ""}"tier-x": "${name}" }`;
      return {
        line: `cluster ${name} { profile: web  size: ${sizes[name]} in 0..7  ${labels}${list} }`,
      };
    }),
    main,
    ...(trigger === null ? [] : [triggered(w, triggers[trigger]!)]),
  ];
  const built = trigger === null && r.percent(15);
  const target = r.pick(clusters);
  const started =
    trigger === null
      ? { action: "main", inputs: { n: r.int(0, 5) } }
      : { action: triggerNames[trigger]!, inputs: trigger === 2 ? { e: { server: "s-1", count: 2 } } : {} };
  return {
    pieces,
    ...(imports ? { imported: shared } : {}),
    ...(longWaits ? { cancelWhenStill: true } : {}),
    ...(built ? builtIn(r, target) : started),
    faults: [
      ...faults(r, sizes).filter(({ kind }) => kind !== "cancel" || !longWaits),
      ...(mayRunSideBySide ? [] : functionFaults(w)),
    ],
    answers: Object.fromEntries(
      // A short wait may end before an answer comes through a server: those are never answered.
      questions.map(({ text, short }) => [
        text,
        short ? "absent" : r.pick(["granted", "granted", "refused"] as const),
      ]),
    ),
    locked: w.dnsTaken ? ["dns"] : [],
    sick: someNodes(r, sizes, 12),
    missing: someNodes(r, sizes, 6),
    override: r.percent(30),
    sequential: !w.sideBySide && !built,
  };
}

const someSpot = { n: 3, t: "in", mark: null, tiers: ["small"] };

function builtIn(r: Random, cluster: string): Pick<Scenario, "action" | "inputs"> {
  return r.pick([
    { action: "CLUSTER_RESIZE", inputs: { cluster, size: r.int(0, 7) } },
    { action: "CLUSTER_SCALE_IN", inputs: { cluster, count: r.int(1, 3) } },
    { action: "CLUSTER_SCALE_OUT", inputs: { cluster, count: r.int(1, 3) } },
    { action: "CLUSTER_RECOVER", inputs: { cluster } },
    { action: "CLUSTER_DELETE", inputs: { cluster } },
    { action: "CLUSTER_CHECK", inputs: { cluster } },
    { action: "CLUSTER_UPDATE", inputs: { cluster } },
    { action: "helper", inputs: { cluster, n: r.int(-6, 21), tier: "medium", spot: someSpot } },
  ]);
}

function action(w: Writing, name: string, owned: readonly string[], head: string): Piece {
  const helps: Place["names"] =
    name === "helper"
      ? [
          { name: "spot", kind: "Spot" },
          { name: "marks", kind: "Map" },
          { name: "key", kind: "Secret" },
        ]
      : [];
  const place: Place = {
    names: [{ name: "n", kind: "Int" }, { name: "tier", kind: "Tier" }, ...helps],
    clusters: owned,
    nodes: [],
    lanes: false,
    calm: false,
    depth: w.r.int(2, 4),
  };
  const body = block(w, place, name === "main" ? 6 : 3);
  const result: readonly Piece[] = head.endsWith("-> Int")
    ? [{ line: `return ${expression(w.r, place, "Int")}` }]
    : [];
  return { blocks: [{ head: `action ${name}${head}`, body: [...body, ...result] }] };
}

/** What starts by itself; of an event it sees the fields. */
function triggered(w: Writing, head: string): Piece {
  const heard = head.endsWith(" as e");
  const names: Place["names"] = heard ? [{ name: "e.server", kind: "String" }] : [];
  const place: Place = {
    names,
    clusters,
    nodes: [],
    lanes: false,
    calm: false,
    depth: w.r.int(2, 3),
  };
  const told: readonly Piece[] = heard ? [{ line: `emit "heard" { count: e.count ?? 0 }` }] : [];
  return { blocks: [{ head, body: [...told, ...block(w, place, 4)] }] };
}

/** Functions have no node: a fault names the call by its text, which says which call it is where nothing runs beside it. */
function functionFaults(w: Writing): readonly Fault[] {
  const { r } = w;
  if (w.told.length === 0 || !r.percent(35)) return [];
  const { operation, text } = r.pick(w.told);
  const kind = r.pick([
    "retryable",
    "retryable",
    "final",
    "slow",
    ...(w.longWaits ? [] : (["cancel"] as const)),
  ] as const);
  return [{ operation, node: null, text, nth: r.pick([1, 1, 2]), kind }];
}

function policy(w: Writing): { readonly name: string; readonly piece: Piece } {
  const { r } = w;
  const name = w.next("policy");
  const hooks = Array.from({ length: r.int(1, 2) }, () => hook(w));
  return { name, piece: { blocks: [{ head: `policy ${name}`, body: hooks }] } };
}

/** Some of the library's, which do something as they are attached, too. */
const libraryPolicies: readonly ((r: Random) => string)[] = [
  (r) => {
    const type = r.pick(["CHANGE_IN_CAPACITY", "EXACT_CAPACITY", "CHANGE_IN_PERCENTAGE"]);
    const more = r.percent(40) ? ", best_effort: true" : "";
    const event = r.pick(["CLUSTER_SCALE_IN", "CLUSTER_SCALE_OUT"]);
    return `senlin_scaling(event: "${event}", adjustment: { type: "${type}", number: ${r.int(1, 4)}.0${more} })`;
  },
  (r) => `senlin_batch(min_in_service: ${r.int(0, 2)}, max_batch_size: ${r.int(1, 3)}, pause_time: 0)`,
  (r) => {
    // not YOUNGEST_FIRST: in virtual time, nodes that are made one after the other are of the same age
    const criteria = r.pick(["OLDEST_FIRST", "OLDEST_FIRST", "OLDEST_PROFILE_FIRST"]);
    return `senlin_deletion(criteria: "${criteria}"${r.percent(30) ? ", destroy_after_deletion: false" : ""})`;
  },
  () => 'senlin_health(detection: { interval: 30, detection_modes: [{ type: "NODE_STATUS_POLLING" }] })',
  (r) => `senlin_loadbalance(pool: { subnet: "net" }${r.percent(30) ? ', loadbalancer: "front"' : ""})`,
];

function batchBound(r: Writing["r"]): string {
  const pause = r.percent(50) ? " pause 2ms" : "";
  const window = r.percent(30) ? ` window ${r.int(1, 3)}` : "";
  const rows = r.percent(30) ? ` rows ${r.int(1, 3)}` : "";
  return `batch ${r.int(1, 3)}${pause}${window}${rows}`;
}

function hook(w: Writing): Piece {
  const { r } = w;
  const sized = r.percent(70);
  const names = sized
    ? r.pick(["resize", "scale_in", "scale_out", "resize, scale_in", "resize, scale_in, scale_out"])
    : r.pick(["recover", "helper", "update, resize", "check"]);
  const priority = r.percent(30) ? ` priority ${r.int(1, 99)}` : "";
  const when = r.percent(30)
    ? ` when ${r.pick(["cluster.size > 1", "request.remaining < 3", "cluster.nodes.all(n => n.healthy)"])}`
    : "";
  if (r.percent(25)) {
    const line = `emit "${w.next("after")}" { size: request.size, count: request.count, now: cluster.nodes.count(), new: request.added.count() }`;
    const kept: readonly Piece[] = r.percent(40) ? [{ line: r.pick(keeping) }] : [];
    return {
      blocks: [
        { head: `${r.pick(["after", "ensure"])} ${names}${priority}${when}`, body: [{ line }, ...kept] },
      ],
    };
  }
  const growing = /^(resize|scale_out)$/.test(names);
  const choices: (readonly [number, () => string])[] = [
    [2, () => `deny "leaves {request.remaining}" when request.remaining < ${r.int(0, 3)}`],
    [2, () => `warn "size {request.size}" when request.count > ${r.int(0, 2)}`],
    [
      2,
      () => `choose cluster.nodes.sort(n => [n.healthy, ${r.pick(["n.index", "-n.index", "n.created_at"])}])`,
    ],
    [2, () => batchBound(r)],
    [1, () => `emit "${w.next("before")}" { size: request.size, action: request.action }`],
    [1, () => `let ${w.next("v")} = request.size + 1`],
    [1, () => r.pick(keeping)],
    [
      1,
      () =>
        `emit "${w.next("bound")}" { never: binding.last_op == none, kept: if binding.data.is_none() then 0 else binding.data.field("n"), leave: request.leaving.count() }`,
    ],
  ];
  if (/^scale_(in|out)$/.test(names)) choices.push([3, () => `request.set(count: ${r.int(1, 3)})`]);
  if (sized) choices.push([2, () => `limit ${r.int(0, 2)}`]);
  if (growing) choices.push([1, () => `request.give({ tags: { given: ${r.int(1, 9)} } })`]);
  if (growing)
    choices.push([3, () => `place zone across ["a", "b"]${r.percent(50) ? " weights { a: 2 }" : ""}`]);
  const body = Array.from({ length: r.int(1, 3) }, (): Piece => ({ line: r.weighted(choices)() }));
  return { blocks: [{ head: `before ${names}${priority}${when}`, body }] };
}

/** What a policy keeps for its cluster. */
const keeping = ["binding.touch()", "binding.keep({ n: request.count })"];

function enforcement(r: Random): string {
  return r.pick(["", "", " enforce warn", " enforce deny unless admin"]);
}

function faults(r: Random, sizes: Readonly<Record<string, number>>): readonly Fault[] {
  const count = r.weighted([
    [3, 0],
    [3, 1],
    [2, 2],
    [2, 4],
  ]);
  const made = Array.from({ length: count }, (): Fault => {
    const cluster = r.pick(clusters);
    const node = `${cluster}-${r.int(1, (sizes[cluster] ?? 1) + 2)}`;
    const kind = r.pick(["retryable", "retryable", "final", "slow"] as const);
    return { operation: r.pick(operations), node, nth: r.pick([1, 1, 1, 2, 3]), kind };
  });
  if (!r.percent(20)) return made;
  const cluster = r.pick(clusters);
  const node = `${cluster}-${r.int(1, sizes[cluster] ?? 1)}`;
  return [...made, { operation: r.pick(operations), node, nth: r.pick([1, 1, 1, 2, 3]), kind: "cancel" }];
}

function someNodes(r: Random, sizes: Readonly<Record<string, number>>, chance: number): readonly string[] {
  return clusters.flatMap((name) =>
    Array.from({ length: sizes[name] ?? 0 }, (_, n) => `${name}-${n + 1}`).filter(() => r.percent(chance)),
  );
}
