import { suggest } from "../../grammar/diagnostics/suggest.ts";
import type { Imported, Importer } from "./imported.ts";
import { heading } from "./imported.ts";
import { type ProfileTypeRule, type PropertyRule, profileTypes } from "./profile-types.ts";
import { commentLine, fieldName, secondsLiteral, textLiteral, valueLiteral } from "./program-text.ts";
import { boolField, intField, type SpecField, type SpecMap } from "./spec-value.ts";

/** A profile spec as a `profile`; passwords become secrets, whose values are not written down. */
export const importProfile: Importer = ({ spec, name, report }): Imported => {
  const rule = profileTypes[spec.type] as ProfileTypeRule; // the caller looked it up by this name
  if (spec.version !== rule.version) {
    report.changed(spec.path, 1, "version", `Senlin knows ${spec.type}-${rule.version} only; read as that`);
  }
  const secrets: string[] = [];
  const fields = spec.properties.fields.flatMap((field): string[] => {
    const how = Object.hasOwn(rule.properties, field.name) ? rule.properties[field.name] : undefined;
    if (how === undefined) {
      const near = suggest(field.name, Object.keys(rule.properties));
      const help = near === undefined ? "" : `; did you mean "${near}"?`;
      report.dropped(spec.path, field.line, field.name, `${spec.type} has no such property${help}`);
      return [];
    }
    if (field.value.kind === "scalar" && field.value.value === null) return [];
    if (how.as === "dropped") {
      report.dropped(spec.path, field.line, field.name, how.why);
      return [];
    }
    if (how.as === "secret") {
      const secret = `${name}_${field.name}`;
      const variable = secret.toUpperCase();
      secrets.push(`secret ${secret} = env(${textLiteral(variable)})`);
      report.changed(
        spec.path,
        field.line,
        field.name,
        `its value is not written into the program: put it into the environment variable ${variable}`,
      );
      return [`${field.name}: ${secret}`];
    }
    const value = literalOf(how, field, spec.properties);
    if (value === null) {
      report.dropped(spec.path, field.line, field.name, "Senlin would refuse this value");
      return [];
    }
    return [...field.comments.map(commentLine), `${fieldName(field.name)}: ${value}`];
  });
  const comments = (spec.properties.comments ?? []).map(commentLine);
  const body = [...comments, ...fields].join("\n");
  const declaration = `profile ${name} = ${rule.plugin}.${rule.type} {\n${body}\n}`;
  return {
    text: [...secrets, `${heading(spec)}${declaration}`].join("\n\n"),
    profile: name,
  };
};

function literalOf(
  how: Exclude<PropertyRule, { as: "secret" | "dropped" }>,
  field: SpecField,
  map: SpecMap,
): string | null {
  const { value } = field;
  switch (how.as) {
    case "any":
      return valueLiteral(value);
    case "text":
      return value.kind === "scalar" ? textLiteral(String(value.value)) : null;
    case "command":
      if (value.kind !== "scalar") return null;
      return `["/bin/sh", "-c", ${textLiteral(String(value.value))}]`;
    case "bool": {
      const [yes, no] = [boolField(map, field.name, true), boolField(map, field.name, false)];
      return yes === no ? String(yes) : null; // neither a yes nor a no
    }
    case "minutes": {
      const minutes = intField(map, field.name, Number.NaN);
      return Number.isNaN(minutes) ? null : secondsLiteral(minutes * 60);
    }
  }
}
