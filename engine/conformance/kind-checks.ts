import type { OtherKind } from "../../plugins/sdk/kinds.ts";
import type { Check } from "./check.ts";
import { askRenewal, coordinationChecks } from "./checks/coordination.ts";
import { notifierChecks } from "./checks/notifiers.ts";
import { askDecision, policyChecks } from "./checks/policies.ts";
import { askSecret, secretStoreChecks } from "./checks/secret-stores.ts";
import { askCursor, sourceChecks } from "./checks/sources.ts";
import type { AskOften, KindBench } from "./kind-bench.ts";

/** What is asked of policy types, sources, notifiers, secret stores and lock services. */
export const kindChecks: Readonly<Record<OtherKind, readonly Check<KindBench>[]>> = {
  policies: policyChecks,
  sources: sourceChecks,
  notifiers: notifierChecks,
  secret_stores: secretStoreChecks,
  coordination: coordinationChecks,
};

/** A question that changes nothing, for the leak check; `null` for kinds that have none. */
export const askedOften: Readonly<Record<OtherKind, AskOften | null>> = {
  policies: askDecision,
  sources: askCursor,
  notifiers: null,
  secret_stores: askSecret,
  coordination: askRenewal,
};

/** As people call one: `policy type spread`. */
export const kindNames: Readonly<Record<OtherKind, string>> = {
  policies: "policy type",
  sources: "source",
  notifiers: "notifier",
  secret_stores: "secret store",
  coordination: "lock service",
};
