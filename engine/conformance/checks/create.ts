import { type Check, CheckFailure, describeFailure } from "../check.ts";
import { type ProfileBench, physicalIdOf } from "../profile-bench.ts";

/** What `create` and a first look at its resource must be like. */
export const createChecks: readonly Check<ProfileBench>[] = [
  {
    name: "create-answers",
    title: "creates a resource and says its id",
    proves: "without it nothing else can be asked",
    async run(bench) {
      await bench.operate("create", bench.fresh());
    },
  },
  {
    name: "create-visible",
    title: "shows a new resource to get and find, in the time that it names",
    proves: "the engine looks after a resource right after it made it; what it can't see it makes again",
    after: ["create-answers"],
    async run(bench) {
      const place = bench.fresh();
      const physicalId = physicalIdOf(await bench.operate("create", place));
      const made = { ...place, physicalId };
      const [asked, hint] = [performance.now(), await bench.look(made)];
      if (!hint.exists && bench.case.visibleMs === 0)
        throw new CheckFailure(`get says that ${physicalId} is not there, right after create returned it`, {
          help: "wait in create until it can be seen; or say in conformance.json how long it may take: visible_within",
        });
      await bench.settles(place, "should exist for get", async () => (await bench.look(made)).exists);
      const left = Math.max(0, bench.case.visibleMs - (performance.now() - asked));
      const found = async () => (await bench.find(place)) === physicalId;
      await bench.settles(place, "should be found by its key", found, left);
    },
  },
  {
    name: "create-runs",
    title: "returns from create when the resource runs",
    proves: "the engine counts a node as active when create has returned",
    after: ["create-visible"],
    async run(bench) {
      const made = await bench.make();
      const { running, detail } = await bench.look(made);
      if (!running)
        throw new CheckFailure(`get says that it does not run${detail === undefined ? "" : `: ${detail}`}`, {
          help: "wait for it in create, or answer accepted(…) and finish in poll",
        });
    },
  },
  {
    name: "create-healthy",
    title: "reports a new resource as healthy in time",
    proves: "an action waits for healthy nodes, and a health policy replaces those that are not",
    after: ["create-visible"],
    async run(bench) {
      const made = await bench.make();
      let last = "";
      const healthy = async () => {
        const { healthy, detail } = await bench.look(made);
        last = detail ?? "";
        return healthy;
      };
      const { healthyMs } = bench.case;
      await bench.settles(made, "should be healthy", healthy, healthyMs).catch((error: CheckFailure) => {
        throw new CheckFailure(`${error.message}${last === "" ? "" : `; get says: ${last}`}`, {
          help: "if it needs longer, say so in conformance.json: healthy_within",
        });
      });
    },
  },
  {
    name: "create-repeat",
    title: "creates once, however often the same key asks",
    proves: "a worker that was lost after create is followed by one that asks again",
    after: ["create-visible"],
    async run(bench) {
      const made = await bench.make();
      for (const turn of ["second", "third"]) {
        const again = physicalIdOf(await bench.operate("create", made));
        if (again !== made.physicalId) {
          bench.remember(made, again);
          throw new CheckFailure(`the ${turn} create with one key gave ${again}, not ${made.physicalId}`, {
            help: "name the resource after call.key, or look for the key first",
          });
        }
      }
    },
  },
  {
    name: "create-unseen",
    title: "creates once, even before the first one can be seen",
    proves: "clouds show new resources late; a repeat must not make a second one meanwhile",
    after: ["create-answers"],
    async run(bench) {
      const place = bench.fresh();
      const first = physicalIdOf(await bench.operate("create", place));
      const again = physicalIdOf(await bench.operate("create", place)); // at once, seen or not
      if (again === first) return;
      bench.remember(place, again);
      throw new CheckFailure(`a repeat right after create gave ${again}, not ${first}`, {
        help: "let the outside refuse a second one: a name made of call.key, or its own client token",
      });
    },
  },
  {
    name: "create-overlap",
    title: "creates once when two tries overlap",
    proves: "a worker that seems dead may still be at work when another takes over",
    after: ["create-visible"],
    async run(bench) {
      const place = bench.fresh();
      const both = await Promise.all([bench.attempt("create", place), bench.attempt("create", place)]);
      await bench.settles(
        place,
        "should be found by its key",
        async () => (await bench.find(place)) !== null,
      );
      const found = await bench.find(place);
      for (const one of both) {
        if (one.ok) {
          const id = physicalIdOf(one.value);
          if (id === found) continue;
          bench.remember(place, id);
          throw new CheckFailure(`two creates with one key made ${id} and ${found}`, {
            help: "let the outside refuse the second one, or compare and set a record",
          });
        }
        if (!one.failure.retryable)
          throw new CheckFailure(`one of two creates with one key failed: ${describeFailure(one.failure)}`, {
            help: "the one that comes second finds the resource, or fails so that it may be tried again",
          });
      }
    },
  },
  {
    name: "create-distinct",
    title: "gives different keys different resources",
    proves: "two nodes that share a resource are one node",
    after: ["create-answers"],
    async run(bench) {
      const [a, b] = [bench.fresh(), bench.fresh()];
      const ids = [
        physicalIdOf(await bench.operate("create", a)),
        physicalIdOf(await bench.operate("create", b)),
      ];
      if (ids[0] === ids[1]) throw new CheckFailure(`two keys gave one resource, ${ids[0]}`);
    },
  },
];
