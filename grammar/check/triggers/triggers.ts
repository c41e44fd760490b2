import { suggest } from "../../diagnostics/suggest.ts";
import { showValue } from "../../evaluate/show-value.ts";
import type { Expression, PlanSchedule, PlanTrigger } from "../../plan.ts";
import type { Span } from "../../spans.ts";
import type { DeclarationNode, ListenerNode, NameNode, ScheduleNode } from "../../syntax.ts";
import { bool, type Type } from "../../types.ts";
import type { Checker } from "../checker.ts";
import type { CheckedAction } from "../declarations/actions.ts";
import { parameterSchema } from "../declarations/parameter-schema.ts";
import { plainText } from "../declarations/plugins.ts";
import { declareLocal, warnUnused } from "../declare-local.ts";
import { evaluateConstant } from "../expressions/constants.ts";
import { checkAs } from "../expressions/expect-type.ts";
import { type Body, createBody, innerLocals, outerLocals } from "../locals.ts";
import { replacing } from "../replacing.ts";
import { checkStatements } from "../statements/statements.ts";
import { own } from "../symbols.ts";
import { propertyTypes } from "../types/property-types.ts";
import { useSymbol } from "../uses.ts";
import { engineEvents } from "./engine-events.ts";
import { parseOnce, parseRepeated, type ScheduleText, scheduleSlug } from "./schedule-text.ts";
import { timeZoneProblem } from "./time-zones.ts";

/** A checked `every`, `at` or `on`: its name, what starts it, and the action that it starts. */
export interface CheckedTrigger extends CheckedAction {
  readonly name: string;
  /** `null` after a mistake. */
  readonly trigger: PlanTrigger | null;
  readonly span: Span;
}

/** More often than this, an action could hardly end before the next one begins. */
const shortestInterval = 10_000;

/** Checks what starts by itself, in source order; `taken` are names of actions that the program has. */
export function checkTriggers(c: Checker, nodes: readonly DeclarationNode[]): readonly CheckedTrigger[] {
  const taken = new Set(c.symbols.actions.keys());
  const nameFor = (wanted: string): string => {
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
    taken.add(name);
    return name;
  };
  return nodes.flatMap((node) => {
    if (node.kind === "Schedule") return [checkSchedule(c, node, nameFor)];
    return node.kind === "Listener" ? [checkListener(c, node, nameFor)] : [];
  });
}

function checkSchedule(c: Checker, node: ScheduleNode, nameFor: (wanted: string) => string): CheckedTrigger {
  const zone = checkZone(c, node);
  const { slug, schedule } = scheduleOf(c, node, zone);
  const name = nameFor(slug);
  const at = c.position({ start: node.span.start, end: (node.zone ?? node.when).span.end });
  if (schedule?.kind === "interval" && node.zone !== null) {
    const behind = { start: node.when.span.end, end: node.zone.span.end };
    c.reportWith(replacing(behind, ""), "bad-schedule", node.zone.span, {
      problem: "an interval has no time zone",
      help: "remove `in` and what follows it",
    });
  }
  return {
    ...checkBody(c, node, name, null),
    name,
    trigger: schedule === undefined ? null : { kind: "schedule", schedule, at },
    span: node.when.span,
  };
}

function checkZone(c: Checker, node: ScheduleNode): string {
  const zone = node.zone === null ? "UTC" : plainText(node.zone);
  const problem = zone === undefined ? undefined : timeZoneProblem(zone);
  if (node.zone === null || zone === undefined || problem === undefined) return zone ?? "UTC";
  const instead = problem.instead === undefined ? undefined : `"${problem.instead}"`;
  c.reportWith(replacing(node.zone.span, instead), "bad-time-zone", node.zone.span, {
    zone,
    help: problem.help,
  });
  return "UTC";
}

function scheduleOf(
  c: Checker,
  node: ScheduleNode,
  zone: string,
): { readonly slug: string; readonly schedule?: PlanSchedule } {
  const { word, when } = node;
  const typed = c.expression(when, outerLocals(createBody("constant", word)));
  if (typed.type.kind === "Unknown") return { slug: word };
  const isDuration = typed.type.kind === "Duration";
  if (isDuration && word === "every") {
    const value = evaluateConstant(c, when, typed.expression);
    if (typeof value !== "number") return { slug: word };
    const shown = showValue(value, "duration");
    const slug = scheduleSlug(word, shown);
    if (value >= shortestInterval) return { slug, schedule: { kind: "interval", everyMs: value } };
    const problem = `every ${shown} is too often`;
    const fix = when.kind === "Literal" ? replacing(when.span, "10s") : {};
    c.reportWith(fix, "bad-schedule", when.span, { problem, help: "write 10s or more" });
    return { slug };
  }
  if (typed.type.kind !== "String") {
    const help =
      word === "at"
        ? 'write a date and a time: `at "2026-12-24 20:00"`'
        : 'write a text such as "Fri 18:00", or a duration such as 30m';
    c.report("bad-schedule", when.span, { problem: `this is no time for \`${word}\``, help });
    return { slug: word };
  }
  const text = evaluateConstant(c, when, typed.expression);
  if (typeof text !== "string") return { slug: word };
  const slug = scheduleSlug(word, text);
  const read: ScheduleText<object> = word === "at" ? parseOnce(text) : parseRepeated(text);
  if ("schedule" in read)
    return { slug, schedule: { ...(read.schedule as PlanSchedule), zone } as PlanSchedule };
  const { problem, help, instead } = read;
  c.reportWith(when.kind === "Text" ? replacing(when.span, instead) : {}, "bad-schedule", when.span, {
    problem,
    help,
  });
  return { slug };
}

function checkListener(c: Checker, node: ListenerNode, nameFor: (wanted: string) => string): CheckedTrigger {
  const source = node.source.text;
  const event = node.event.text;
  const name = nameFor(`on_${source}_${event}`);
  const fields = eventFields(c, node);
  const type: Type = fields === undefined ? { kind: "Unknown" } : { kind: "Record", name: null, fields };
  const outer = outerLocals(createBody("action", name));
  if (node.as !== null) declareLocal(c, outer, node.as, "given", type);
  const when: Expression | null = node.when === null ? null : checkAs(c, node.when, outer, bool).expression;
  const usedInWhen = node.as !== null && outer.names.get(node.as.text)?.used === true;
  const parameter = node.as === null ? null : { name: node.as, type, used: usedInWhen };
  const at = c.position({ start: node.span.start, end: (node.when ?? node.as ?? node.event).span.end });
  return {
    ...checkBody(c, node, name, parameter),
    name,
    trigger:
      fields === undefined ? null : { kind: "listener", source, event, as: node.as?.text ?? null, when, at },
    span: node.event.span,
  };
}

/** The types of what an event tells; `undefined` after a mistake that has been reported. */
function eventFields(c: Checker, node: ListenerNode): Readonly<Record<string, Type>> | undefined {
  const source = node.source.text;
  const name = node.event.text;
  if (source === "") return undefined;
  const plugin = c.symbols.plugins.get(source);
  if (plugin === undefined && source !== "coppice") {
    const near = suggest(source, [...c.symbols.plugins.keys(), "coppice"]);
    c.reportNear(near, "unknown-name", node.source.span, {
      name: source,
      why: "no plugin of this name; `coppice` is the engine itself",
      help: near === undefined ? undefined : `did you mean "${near}"?`,
    });
    return undefined;
  }
  if (plugin?.schema === null || name === "") return undefined;
  const found = plugin === undefined ? own(engineEvents, name) : eventOfPlugin(plugin.schema.events, name);
  if (plugin !== undefined)
    useSymbol(c, { span: node.source.span, kind: "plugin", name: source, symbol: plugin });
  if (found !== undefined) {
    c.refer(node.event.span, "event", { builtin: `${source}.${name}` });
    return found;
  }
  const names = Object.keys(plugin === undefined ? engineEvents : (plugin.schema.events ?? {}));
  const near = suggest(name, names);
  c.reportNear(near, "unknown-event", node.event.span, {
    source: plugin === undefined ? "coppice" : `plugin "${source}"`,
    name,
    names,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
  return undefined;
}

function eventOfPlugin(
  events: Parameters<typeof own<{ readonly fields: Parameters<typeof propertyTypes>[0] }>>[0],
  name: string,
): Readonly<Record<string, Type>> | undefined {
  const found = own(events, name);
  return found === undefined ? undefined : propertyTypes(found.fields);
}

/** The statements as an action of their own, which nothing but the trigger starts. */
function checkBody(
  c: Checker,
  node: ScheduleNode | ListenerNode,
  name: string,
  parameter: { readonly name: NameNode; readonly type: Type; readonly used: boolean } | null,
): { readonly plan: CheckedAction["plan"]; readonly body: Body } {
  const body = createBody("trigger", name);
  c.symbols.triggers.set(name, {
    file: c.fileIndex,
    span: node.span,
    parameter: parameter === null ? null : { name: parameter.name.text, type: parameter.type },
  });
  const outer = outerLocals(body);
  if (parameter !== null) {
    declareLocal(c, outer, parameter.name, "parameter", parameter.type);
    const local = outer.names.get(parameter.name.text);
    if (local !== undefined && parameter.used) local.used = true;
  }
  const inner = innerLocals(outer);
  const steps = checkStatements(c, node.body.statements, inner, name);
  warnUnused(c, inner);
  warnUnused(c, outer);
  const plan: CheckedAction["plan"] = {
    doc: node.doc,
    builtin: false,
    trigger: true,
    parameters:
      parameter === null
        ? []
        : [{ name: parameter.name.text, type: "Event", schema: parameterSchema(parameter.type) }],
    clusterParameters: [],
    clusterNames: [],
    result: null,
    body: steps,
    at: c.position(node.span),
  };
  return { plan, body };
}
