import type { Json } from "../../grammar/plan.ts";
import type { CallTarget } from "./call-target.ts";
import { checkResult, pluginBug } from "./check-result.ts";
import { pluginFailure } from "./failures.ts";
import { acceptedOf } from "./follow-call.ts";
import type { ErrorDescription } from "./guest/isolate/errors.ts";
import type { Answer, PluginBundle } from "./guest-session.ts";
import { type AcceptedCall, HostFailure, type PluginCall } from "./plugin-host.ts";
import { SourcePositions } from "./source-position.ts";

/** What a batch says of one node; what `PluginHost.call` gives for a batch is a list of these, in the calls' order. */
export type BatchOutcome =
  | { readonly value: Json }
  | { readonly accepted: AcceptedCall }
  | {
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly retryable: boolean;
        readonly help: string | null;
      };
    };

/** Checks each answer of a batch as if its node had been asked alone. One that breaks the contract fails alone. */
export function batchOutcomes(plugin: PluginBundle, q: PluginCall, answer: Answer): Json {
  const { manifest, bundle } = plugin;
  const target = { ...(q.target as CallTarget & { kind: "batch" }), kind: "operation" } as const;
  const asked = (q.call as { readonly calls: readonly Json[] }).calls.length;
  const given = "value" in answer ? answer.value : null;
  if (!Array.isArray(given) || given.length !== asked)
    throw pluginBug(
      manifest,
      q.target,
      `was asked for ${asked} nodes and returned ${Array.isArray(given) ? `${given.length} answers` : "no list"}`,
    );
  const deadline = Date.now() + q.timeoutMs;
  let read: SourcePositions | undefined;
  const positions = () => {
    read ??= new SourcePositions(bundle); // costs more than most batches
    return read;
  };
  const outcomeOf = (one: { value?: Json; accepted?: Json; error?: Json }): BatchOutcome => {
    try {
      if (one.error !== undefined)
        throw pluginFailure(
          manifest,
          `${target.profile}.${target.operation}`,
          one.error as unknown as ErrorDescription,
          positions(),
        );
      if (one.accepted !== undefined)
        return { accepted: acceptedOf(manifest, target, one.accepted, deadline) };
      return { value: checkResult(manifest, target, one.value ?? null) };
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      const { code, message, retryable, help } = error;
      return { failure: { code, message, retryable, help: help ?? null } };
    }
  };
  return given.map(outcomeOf) as unknown as Json;
}
