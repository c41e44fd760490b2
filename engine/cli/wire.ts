/** What the API answers, as far as the CLI reads it; `engine/api` has the schemas. */

export interface ActionAnswer {
  readonly id: string;
  /** `roll`, `CLUSTER_RESIZE` */
  readonly action: string;
  readonly status: "READY" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";
  readonly status_reason: string;
  readonly target_name: string;
  readonly cluster_id: string | null;
  readonly cause: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: unknown;
  readonly failure: FailureAnswer | null;
  readonly decisions: readonly DecisionAnswer[];
  readonly progress?: ProgressAnswer;
  readonly created_at: string;
  /** Seconds since 1970. */
  readonly start_time: number | null;
  readonly end_time: number | null;
  readonly links?: Readonly<Record<string, string | null>>;
}

export interface FailureAnswer {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  /** The failure with its line of source and carets, ready to print. */
  readonly frame?: string;
}

export interface DecisionAnswer {
  readonly policy: string;
  readonly hook: string;
  readonly action: string;
  readonly decision: string;
  readonly reason: string;
}

/** A question that a run asks. */
export interface ApprovalAnswer {
  readonly action_id: string;
  readonly call_id: string;
  readonly action_name: string;
  readonly target_name: string;
  readonly message: string;
  readonly role: string | null;
  readonly place: string;
  readonly state: "open" | "granted" | "refused" | "absent";
  readonly deadline: string;
  readonly answered_by: string | null;
  readonly reason: string | null;
}

export interface ProgressAnswer {
  readonly status?: string;
  readonly step?: string;
  /** Of the driver, when the step is one: `update`. */
  readonly operation?: string;
  /** `storefront.coppice:44` */
  readonly place?: string;
  readonly done?: number;
  readonly total?: number;
  readonly failed?: number;
}

export interface EventAnswer {
  readonly id: string;
  readonly level: string;
  readonly name: string;
  readonly message: string;
  readonly fields: unknown;
  readonly action_id: string | null;
  readonly created_at: string;
}

/** One difference between a program and what is there. */
export interface ChangeAnswer {
  readonly kind: string;
  readonly name: string;
  readonly change: "create" | "update" | "replace" | "keep" | "delete" | string;
  readonly attributes?: readonly AttributeAnswer[];
  readonly note?: string;
}

export interface AttributeAnswer {
  readonly name: string;
  readonly from: unknown;
  readonly to: unknown;
  /** `Size`: how its values are meant. */
  readonly type?: string;
  /** `replacement`: nodes are made anew for it. */
  readonly forces?: string;
}

/** An action that applying starts. */
export interface PlannedActionAnswer {
  readonly action: string;
  readonly cluster: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly why: string;
  readonly nodes: readonly {
    readonly how: string;
    readonly count: number;
    readonly names: readonly string[];
  }[];
  readonly policies: readonly {
    readonly policy: string;
    readonly phase: string;
    readonly may: readonly string[];
    readonly enforce: string;
    readonly conditional: boolean;
    readonly place: string;
  }[];
}

/** What applying a program would do. */
export interface PlanAnswer {
  readonly program: { readonly name: string; readonly plan_hash: string };
  readonly changes: readonly ChangeAnswer[];
  readonly starts: readonly PlannedActionAnswer[];
  /** What it was made from; the server alone reads it. */
  readonly reads: unknown;
}

/** What applying a program did. */
export interface AppliedAnswer {
  readonly program: { readonly name: string; readonly version: number; readonly plan_hash: string };
  readonly changes: readonly ChangeAnswer[];
  readonly actions: readonly ActionAnswer[];
}

export interface DiagnosticAnswer {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly rendered?: string;
}
