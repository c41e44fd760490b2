import fc from "fast-check";

/** What happens next: a request, a fault of the cloud, a death. Plain data; numbers choose among what is there by then. */
export type Step =
  | {
      readonly do: "create";
      readonly size: number;
      readonly min: number;
      readonly max: number;
      readonly profile: number;
    }
  | {
      readonly do: "resize";
      readonly cluster: number;
      readonly type: "EXACT_CAPACITY" | "CHANGE_IN_CAPACITY" | "CHANGE_IN_PERCENTAGE";
      readonly number: number;
      readonly min?: number | undefined;
      readonly max?: number | undefined;
      readonly strict: boolean;
    }
  | {
      readonly do: "scale";
      readonly cluster: number;
      readonly direction: "in" | "out";
      readonly count: number | null;
    }
  | { readonly do: "delete"; readonly cluster: number; readonly force: boolean }
  | { readonly do: "check"; readonly cluster: number }
  | {
      readonly do: "recover";
      readonly cluster: number;
      readonly operation: "RECREATE" | "REBUILD" | "REBOOT";
    }
  | { readonly do: "update"; readonly cluster: number; readonly profile: number }
  | { readonly do: "spare"; readonly profile: number }
  | { readonly do: "join"; readonly cluster: number; readonly count: number }
  | { readonly do: "drop"; readonly cluster: number; readonly count: number; readonly destroy: boolean }
  | { readonly do: "replace"; readonly cluster: number }
  | { readonly do: "node"; readonly node: number; readonly what: "delete" | "check" | "recover" | "taint" }
  | { readonly do: "attach" | "detach" | "disable"; readonly cluster: number; readonly policy: number }
  | {
      readonly do: "fail";
      readonly operation: string;
      readonly node: number;
      readonly times: number;
      readonly retryable: boolean;
      readonly done?: boolean;
    }
  | { readonly do: "mend" }
  | { readonly do: "break"; readonly server: number; readonly how: "gone" | "stopped" }
  | { readonly do: "cancel"; readonly action: number; readonly force: boolean }
  | { readonly do: "kill"; readonly worker: number }
  | { readonly do: "settle" };

/** How wild a run is. */
export interface Weather {
  /** Workers may be killed. */
  readonly kills: boolean;
}

const which = fc.nat({ max: 11 });
const profile = fc.constantFrom(0, 1);

/** A step, the common ones more often. */
export function stepIn({ kills }: Weather): fc.Arbitrary<Step> {
  const make = <S extends Step>(
    kind: S["do"],
    fields: { [Name in Exclude<keyof S, "do">]: fc.Arbitrary<S[Name]> },
  ) =>
    fc
      .record(fields as Record<string, fc.Arbitrary<unknown>>)
      .map((given) => ({ do: kind, ...given }) as unknown as S);
  type Of<Kind extends Step["do"]> = Extract<Step, { do: Kind }>;
  type OfPolicy = Extract<Step, { policy: number }>;
  const optional = fc.option(fc.nat({ max: 9 }), { nil: undefined, freq: 3 });
  return fc.oneof(
    {
      weight: 4,
      arbitrary: make<Of<"create">>("create", {
        size: fc.nat({ max: 6 }),
        min: fc.nat({ max: 3 }),
        max: fc.constantFrom(-1, 4, 8),
        profile,
      }),
    },
    {
      weight: 5,
      arbitrary: make<Of<"resize">>("resize", {
        cluster: which,
        type: fc.constantFrom("EXACT_CAPACITY", "CHANGE_IN_CAPACITY", "CHANGE_IN_PERCENTAGE"),
        number: fc.integer({ min: -4, max: 8 }),
        min: optional,
        max: optional,
        strict: fc.boolean(),
      }),
    },
    {
      weight: 5,
      arbitrary: make<Of<"scale">>("scale", {
        cluster: which,
        direction: fc.constantFrom("in", "out"),
        count: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null, freq: 2 }),
      }),
    },
    { weight: 1, arbitrary: make<Of<"delete">>("delete", { cluster: which, force: fc.boolean() }) },
    { weight: 2, arbitrary: make<Of<"check">>("check", { cluster: which }) },
    {
      weight: 3,
      arbitrary: make<Of<"recover">>("recover", {
        cluster: which,
        operation: fc.constantFrom("RECREATE", "REBUILD", "REBOOT"),
      }),
    },
    { weight: 3, arbitrary: make<Of<"update">>("update", { cluster: which, profile }) },
    { weight: 2, arbitrary: make<Of<"spare">>("spare", { profile }) },
    {
      weight: 2,
      arbitrary: make<Of<"join">>("join", { cluster: which, count: fc.integer({ min: 1, max: 2 }) }),
    },
    {
      weight: 3,
      arbitrary: make<Of<"drop">>("drop", {
        cluster: which,
        count: fc.integer({ min: 1, max: 3 }),
        destroy: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: make<Of<"replace">>("replace", { cluster: which }) },
    {
      weight: 4,
      arbitrary: make<Of<"node">>("node", {
        node: fc.nat({ max: 40 }),
        what: fc.constantFrom("delete", "check", "recover", "taint"),
      }),
    },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom<OfPolicy["do"]>("attach", "attach", "detach", "disable")
        .chain((kind) => make<OfPolicy>(kind, { cluster: which, policy: fc.nat({ max: 2 }) })),
    },
    {
      weight: 2,
      arbitrary: make<Of<"fail">>("fail", {
        operation: fc.constantFrom("create", "delete", "update", "get", "find", "restart", "rebuild"),
        node: fc.nat({ max: 4 }),
        times: fc.nat({ max: 3 }),
        retryable: fc.boolean(),
        done: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.constant<Step>({ do: "mend" }) },
    {
      weight: 2,
      arbitrary: make<Of<"break">>("break", {
        server: fc.nat({ max: 40 }),
        how: fc.constantFrom("gone", "stopped"),
      }),
    },
    { weight: 3, arbitrary: make<Of<"cancel">>("cancel", { action: which, force: fc.boolean() }) },
    { weight: 6, arbitrary: fc.constant<Step>({ do: "settle" }) },
    ...(kills ? [{ weight: 1, arbitrary: make<Of<"kill">>("kill", { worker: which }) }] : []),
  );
}
