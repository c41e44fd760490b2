import type { Static } from "typebox";
import type { SourceText } from "../../grammar/compile-library.ts";
import { type Diagnostic, hasErrors } from "../../grammar/diagnostics/diagnostic.ts";
import { diagnosticsToJson } from "../../grammar/diagnostics/render-diagnostic.ts";
import type { Caller } from "../access/caller.ts";
import type { ProgramRequest } from "../actions/apply-program.ts";
import { ApiError } from "./api-error.ts";
import type { ProgramRequestBody } from "./bodies/program.ts";

type Body = Static<typeof ProgramRequestBody>;

/** What the compiler said, and of which files. */
interface Said {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly SourceText[];
}

/** What a client sent, as the caller's wish. */
export function programRequest(body: Body, caller: Caller): ProgramRequest {
  const { path, text, imports = [], parameters = {}, plugins = {} } = body;
  return { projectId: caller.projectId, userId: caller.userId, path, text, imports, parameters, plugins };
}

/** Diagnostics with lines and columns. */
export function toDiagnostics(body: Body, { diagnostics, files }: Said): unknown[] {
  return [...diagnosticsToJson(body.text, body.path, diagnostics, files)];
}

/** The answer to a program with mistakes. */
export function brokenProgram(body: Body, said: Said): ApiError {
  const count = said.diagnostics.filter((diagnostic) => hasErrors([diagnostic])).length;
  const message = `${body.path} has ${count === 1 ? "a mistake" : `${count} mistakes`}; nothing was changed`;
  return new ApiError(400, message, { diagnostics: toDiagnostics(body, said) });
}
