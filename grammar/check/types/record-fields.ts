import type { NameNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import { warnDeprecated } from "../declarations/deprecations.ts";
import { own, profileTypeOf } from "../symbols.ts";

/** A field's name where it is used; `of` is the record's name, or a profile type such as `docker.container`. */
export function referRecordField(c: Checker, name: NameNode, of: string): void {
  const record = c.symbols.records.get(of);
  const place = record?.fields.get(name.text);
  if (record !== undefined && place !== undefined) {
    c.refer(name.span, "field", { file: record.file, span: place });
    return;
  }
  const property = own(profileTypeOf(c.symbols, of)?.properties, name.text);
  if (property === undefined) return;
  c.refer(name.span, "property", { builtin: `${of}.${name.text}` });
  warnDeprecated(c, { what: `property "${name.text}"`, span: name.span, deprecated: property.deprecated });
}
