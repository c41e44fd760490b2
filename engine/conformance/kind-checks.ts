import type { OtherKind } from "../../plugins/sdk/kinds.ts";
import type { Check } from "./check.ts";
import { coordinationChecks } from "./checks/coordination.ts";
import { notifierChecks } from "./checks/notifiers.ts";
import { policyChecks } from "./checks/policies.ts";
import { secretStoreChecks } from "./checks/secret-stores.ts";
import { sourceChecks } from "./checks/sources.ts";
import type { KindBench } from "./kind-bench.ts";

/** What is asked of policy types, sources, notifiers, secret stores and lock services. */
export const kindChecks: Readonly<Record<OtherKind, readonly Check<KindBench>[]>> = {
  policies: policyChecks,
  sources: sourceChecks,
  notifiers: notifierChecks,
  secret_stores: secretStoreChecks,
  coordination: coordinationChecks,
};

/** As people call one: `policy type spread`. */
export const kindNames: Readonly<Record<OtherKind, string>> = {
  policies: "policy type",
  sources: "source",
  notifiers: "notifier",
  secret_stores: "secret store",
  coordination: "lock service",
};
