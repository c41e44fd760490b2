import type { Static } from "typebox";
import { type Diagnostic, hasErrors } from "../../grammar/diagnostics/diagnostic.ts";
import { diagnosticsToJson } from "../../grammar/diagnostics/render-diagnostic.ts";
import type { ProgramRequest } from "../actions/apply-program.ts";
import { ApiError } from "./api-error.ts";
import type { Caller } from "./authenticate.ts";
import type { ProgramRequestBody } from "./bodies/program.ts";

type Body = Static<typeof ProgramRequestBody>;

/** What a client sent, as the caller's wish. */
export function programRequest(body: Body, caller: Caller): ProgramRequest {
  const { path, text, imports = [], parameters = {}, plugins = {} } = body;
  return { projectId: caller.projectId, userId: caller.userId, path, text, imports, parameters, plugins };
}

/** Diagnostics with lines and columns. */
export function toDiagnostics(body: Body, diagnostics: readonly Diagnostic[]): unknown[] {
  return [...diagnosticsToJson(body.text, body.path, diagnostics)];
}

/** The answer to a program with mistakes. */
export function brokenProgram(body: Body, diagnostics: readonly Diagnostic[]): ApiError {
  const count = diagnostics.filter((diagnostic) => hasErrors([diagnostic])).length;
  const message = `${body.path} has ${count === 1 ? "a mistake" : `${count} mistakes`}; nothing was changed`;
  return new ApiError(400, message, { diagnostics: toDiagnostics(body, diagnostics) });
}
