import { expect, it } from "vitest";
import { impactOf } from "../../../engine/actions/impact.ts";
import { compile } from "../../workflows/memory-run.ts";

const text = `
plugin fake from "./fake" {
  allow state
}
enum Tier { small, large }
profile tiny = fake.server {
  image: "web:1"
}
profile big = fake.server {
  image: "db:1"
}
cluster web {
  profile: tiny
  size: 3 in 1..9
  policies: [careful]
}
cluster db {
  profile: big
  size: 1 in 1..3
}
policy careful {
  before scale_in {
    deny "never" when request.remaining < 2
  }
}
action shrink(cluster: Cluster<fake.server>, tier: Tier = Tier.small) {
  cluster.scale_in(1)
  emit "shrunk" { tier: tier }
}
action nightly(cluster: Cluster<fake.server>) {
  shrink(cluster)
}
every "02:30" {
  nightly(web)
}
`;

function impact(change: (text: string) => string) {
  const after = change(text);
  return impactOf({
    before: compile(text),
    after: compile(after),
    textsBefore: { text, imports: [] },
    textsAfter: { text: after, imports: [] },
  });
}

const brief = (found: ReturnType<typeof impact>) =>
  found.map(({ kind, name, change, affects }) => [
    `${change} ${kind} ${name}`,
    ...affects.map((each) => `${each.kind} ${each.name}: ${each.through.join(" < ")}`),
  ]);

it("finds nothing where nothing changed but the layout", () => {
  expect(impact((same) => `// a remark\n${same}`)).toEqual([]);
});

it("goes from a profile to its clusters alone", () => {
  expect(brief(impact((old) => old.replace("db:1", "db:2")))).toEqual([
    ["update profile big", "cluster db: its profile is big"],
  ]);
});

it("goes from a policy over the actions in which it has a say to what performs and starts them", () => {
  const say = "policy careful has a say in it on web";
  expect(brief(impact((old) => old.replace("remaining < 2", "remaining < 3")))).toEqual([
    [
      "update policy careful",
      "cluster web: its list has policy careful",
      `action CLUSTER_SCALE_IN: ${say}`,
      `action shrink: it performs CLUSTER_SCALE_IN < ${say}`,
      `action nightly: it performs shrink < it performs CLUSTER_SCALE_IN < ${say}`,
      `trigger every_02_30: it performs nightly < it performs shrink < it performs CLUSTER_SCALE_IN < ${say}`,
    ],
  ]);
});

it("goes from an enum to what names it, and on from there", () => {
  const [shape] = brief(impact((old) => old.replace("{ small, large }", "{ small, large, huge }")));
  expect(shape).toEqual([
    "update enum Tier",
    "action shrink: it names Tier",
    "action nightly: it performs shrink < it names Tier",
    "trigger every_02_30: it performs nightly < it performs shrink < it names Tier",
  ]);
});

it("tells of what is gone by the program that had it", () => {
  const found = impact((old) =>
    old.replace("  policies: [careful]\n", "").replace(/policy careful[\s\S]*?\n}\n/, ""),
  );
  expect(brief(found)[0]?.slice(0, 2)).toEqual([
    "delete policy careful",
    "cluster web: its list has policy careful",
  ]);
});
