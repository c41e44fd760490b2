import { suggest } from "../../diagnostics/suggest.ts";
import type { PluginSchema, PropertySchemas } from "../../plugin-schema.ts";
import type { ApplyNode, MemberNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import { warnDeprecated } from "../declarations/deprecations.ts";
import { checkProperty } from "../declarations/properties.ts";
import { type Accepted, checkLooseArguments, matchArguments } from "../expressions/arguments.ts";
import type { Locals } from "../locals.ts";
import { own } from "../symbols.ts";
import { propertyType } from "../types/property-types.ts";
import type { Acting } from "./acting.ts";

/** `shell.run("deploy")`: a plugin's function. `undefined` after a mistake that has been reported. */
export function checkInvoke(
  c: Checker,
  q: { node: ApplyNode; callee: MemberNode; alias: string; schema: PluginSchema | null; locals: Locals },
): Acting | undefined {
  const name = q.callee.name.text;
  const found = own(q.schema?.functions, name);
  if (found === undefined || q.schema === null) {
    checkLooseArguments(c, q.node, q.locals);
    if (q.schema === null || name === "") return undefined;
    const names = Object.keys(q.schema.functions);
    const near = suggest(name, names);
    c.reportNear(near, "unknown-function", q.callee.name.span, {
      of: `plugin "${q.alias}"`,
      name,
      names,
      help: near === undefined ? undefined : `did you mean "${near}"?`,
    });
    return undefined;
  }
  const { span } = q.callee.name;
  c.refer(span, "function", { builtin: `${q.alias}.${name}` });
  warnDeprecated(c, { what: `function "${q.alias}.${name}"`, span, deprecated: found.deprecated });
  const what = `function "${q.alias}.${name}"`;
  const given = matchArguments(c, {
    call: q.node,
    of: what,
    span: q.callee.name.span,
    accepted: acceptProperties(c, found.arguments ?? {}, q.locals, `${q.alias}.${name}`),
    locals: q.locals,
  });
  return {
    call: { kind: "invoke", plugin: q.alias, function: name, arguments: given },
    result: found.result === undefined ? null : propertyType(found.result),
    what,
  };
}

/** Parameters as a plugin's manifest declares them, in its order; `of` is what has them: `docker.container`. */
export function acceptProperties(
  c: Checker,
  schemas: PropertySchemas,
  locals: Locals,
  of: string,
): Accepted[] {
  return Object.entries(schemas).map(([name, schema]) => ({
    name,
    required: schema.required === true && schema.default === undefined,
    target: { builtin: `${of}.${name}` },
    deprecated: schema.deprecated,
    check: (node) => checkProperty(c, node, locals, name, schema),
  }));
}
