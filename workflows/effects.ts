import type { Step } from "../grammar/plan.ts";
import type {
  ApproveOutcome,
  ApproveRequest,
  ConsultOutcome,
  ConsultRequest,
  InvokeOutcome,
  InvokeRequest,
  LifecycleRequest,
  LocalActivities,
  LockRequest,
  NodeOutcome,
  OperateRequest,
  ShareLockOutcome,
  ShareLockRequest,
  WaitUntilOutcome,
  WaitUntilRequest,
} from "./activities.ts";

/** How an effect is to be shown, and whether a cancel may reach it. */
export interface EffectOptions {
  /** One line for the operator: `update · 25 nodes · storefront.coppice:34`. */
  readonly summary: string;
  /** `undo` and `ensure` run to their end whatever happens. */
  readonly shielded: boolean;
}

/**
 * All that running a plan does outside of itself. Temporal's is `temporal-effects.ts`; a recorder or a test runtime
 * gives its own. A cancelled effect throws `cancelledFailure()`, every other failure comes back in its outcome.
 */
export interface Effects {
  operate(q: OperateRequest, options: EffectOptions): Promise<readonly NodeOutcome[]>;
  waitUntil(q: WaitUntilRequest, options: EffectOptions): Promise<WaitUntilOutcome>;
  invoke(q: InvokeRequest, options: EffectOptions): Promise<InvokeOutcome>;
  /** Asks a policy type that a plugin provides, and keeps what that wants to be kept. */
  consult(q: ConsultRequest, options: EffectOptions): Promise<ConsultOutcome>;
  sleep(milliseconds: number, options: EffectOptions): Promise<void>;
  /** Waits for the answer to a question that `records.openApproval` has asked, at most `withinMs`. */
  approve(q: ApproveRequest, options: EffectOptions): Promise<ApproveOutcome>;
  /**
   * Waits for locks that `records.takeLocks` has queued for and not got at once; `false` when the time was over.
   * `records.releaseLocks` gives them back, or leaves the queue, in any case.
   */
  lock(q: LockRequest, options: EffectOptions): Promise<boolean>;
  /** Takes locks in a plugin's backend and keeps them until `records.releaseLocks`; `held` is false when the time was over. */
  shareLock(q: ShareLockRequest, options: EffectOptions): Promise<ShareLockOutcome>;
  /** Waits until a lifecycle that was opened is complete, or its time is over. */
  lifecycle(q: LifecycleRequest, options: EffectOptions): Promise<void>;
  /** Milliseconds since 1970: of this runtime's clock, the same on every replay. */
  now(): number;
  /** Short database steps; a refusal throws `RunFailure`. */
  readonly records: Pick<
    LocalActivities,
    | "addNodes"
    | "setSize"
    | "setProfile"
    | "removeCluster"
    | "changeRecords"
    | "openLifecycles"
    | "closeLifecycles"
    | "recordEvents"
    | "openApproval"
    | "closeApproval"
    | "takeLocks"
    | "releaseLocks"
  >;
  /** Whether the runtime has little room left for this run: it must end now, while it can still undo. */
  exhausted(): boolean;
  /** A step begins: for runtimes that look on (coverage, a recorder); absent on Temporal. */
  readonly stepBegins?: (step: Step) => void;
  /** The checklist changed: shown to the operator. */
  showDetails(markdown: () => string): void;
}
