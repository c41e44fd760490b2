import type { Deprecation } from "../../plugin-schema.ts";
import type { Span } from "../../spans.ts";
import type { Doc } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import type { Deprecated } from "../symbols.ts";

/** What a doc comment's line `Deprecated: use fast_roll.` says; any other words behind the colon are the reason alone. */
export function deprecationOf(doc: Doc): Deprecated | null {
  const line = doc?.split("\n").find((one) => one.trimStart().startsWith("Deprecated:"));
  if (line === undefined) return null;
  const why = line.trim().slice("Deprecated:".length).trim().replace(/\.$/, "");
  const use = /^use ([A-Za-z_]\w*)\b/.exec(why)?.[1] ?? null;
  return { use, why: use === null ? why : "" };
}

/** Warns of a name that should not be used any more, at its use; with a replacement, `coppice fix` writes that. */
export function warnDeprecated(
  c: Checker,
  q: {
    readonly what: string;
    readonly span: Span;
    readonly deprecated: Deprecated | Deprecation | null | undefined;
  },
): void {
  if (q.deprecated === null || q.deprecated === undefined) return;
  const { why } = q.deprecated;
  const use = q.deprecated.use ?? null;
  const fixes =
    use === null ? [] : [{ title: `replace it with "${use}"`, edits: [{ span: q.span, text: use }] }];
  c.reportWith({ fixes }, "deprecated", q.span, { what: q.what, why, use });
}
