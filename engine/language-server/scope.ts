import type { Span } from "../../grammar/spans.ts";
import type {
  BlockNode,
  ForNode,
  LambdaNode,
  ListenerNode,
  NameNode,
  ParameterNode,
  TestNode,
  TryNode,
} from "../../grammar/syntax.ts";
import { duration, int, listOf, string, type Type } from "../../grammar/types.ts";
import type { Analysis } from "./analysis.ts";
import type { Placed } from "./syntax-walk.ts";

/** A name of the body around a place; the type is `undefined` where the checker never got to it. */
export interface LocalName {
  readonly name: string;
  readonly kind: "let" | "parameter" | "loop" | "given";
  readonly type: Type | undefined;
}

/** The names that can be used at the end of a path (`pathTo`) and are declared inside a declaration, the nearest first. */
export function localsAt(analysis: Analysis, path: readonly Placed[], offset: number): LocalName[] {
  const found: LocalName[] = [];
  for (const part of [...path].reverse()) found.push(...namesOf(analysis, part, path, offset));
  const seen = new Set<string>();
  return found.filter(({ name }) => name !== "" && !seen.has(name) && seen.add(name));
}

function namesOf({ facts }: Analysis, part: Placed, path: readonly Placed[], offset: number): LocalName[] {
  const named = (name: NameNode | null, kind: LocalName["kind"], type?: Type): LocalName[] =>
    name === null
      ? []
      : [{ name: name.text, kind, type: facts.declaredAt({ file: 0, span: name.span })?.type ?? type }];
  switch (part.kind) {
    case "Block":
      return lets((part as BlockNode).statements).flatMap((each) =>
        named(each.name, "let", facts.typeAt(each.value.span)),
      );
    case "For": {
      const { name, list, body } = part as ForNode;
      const items = facts.typeAt(list.span);
      return within(body.span, offset)
        ? named(name, "loop", items?.kind === "List" ? items.of : undefined)
        : [];
    }
    case "Try": {
      const { recover } = part as TryNode;
      return recover !== null && within(recover.body.span, offset) ? named(recover.name, "given") : [];
    }
    case "Lambda":
      return (part as LambdaNode).parameters.flatMap((name) => named(name, "parameter"));
    case "Policy":
      return [...parameters(part), ...given(path.some((each) => each.kind === "Hook") ? hookNames : {})];
    case "Action":
      return parameters(part);
    case "Listener":
      return named((part as ListenerNode).as, "given");
    case "Test": {
      const { cases, statements } = part as TestNode;
      const values = lets(statements).flatMap((each) =>
        named(each.name, "let", facts.typeAt(each.value.span)),
      );
      const ran = statements.some((each) => each.kind === "Run" && each.span.end < offset);
      return [...values, ...named(cases?.name ?? null, "given"), ...given(ran ? runNames : {})];
    }
    default:
      return [];
  }

  function lets(statements: readonly Placed[]) {
    return statements.filter(
      (each): each is Placed & { name: NameNode; value: Placed } =>
        each.kind === "Let" && each.span.end <= offset,
    );
  }

  function parameters(declaration: Placed): LocalName[] {
    const all = (declaration as Placed & { parameters: readonly ParameterNode[] }).parameters;
    return all.flatMap(({ name }) => named(name, "parameter"));
  }
}

const hookNames: Readonly<Record<string, Type | undefined>> = {
  cluster: { kind: "Cluster", profile: null },
  request: { kind: "Record", name: null, fields: { action: string, size: int, count: int, remaining: int } },
};
/** Their types depend on the run. */
const runNames: Readonly<Record<string, Type | undefined>> = {
  result: undefined,
  failure: undefined,
  calls: undefined,
  events: undefined,
  warnings: listOf(string),
  elapsed: duration,
};

function given(names: Readonly<Record<string, Type | undefined>>): LocalName[] {
  return Object.entries(names).map(([name, type]) => ({ name, kind: "given", type }));
}

function within(span: Span, offset: number): boolean {
  return span.start < offset && offset <= span.end;
}
