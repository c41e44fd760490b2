import { engineEvents } from "../../../grammar/check/triggers/engine-events.ts";
import type {
  ClusterNode,
  ForNode,
  MatchExpressionNode,
  MatchNode,
  PluginNode,
  ProfileNode,
  RecordNode,
} from "../../../grammar/syntax.ts";
import { typeName } from "../../../grammar/types.ts";
import { type Analysis, declarationsOf } from "../analysis.ts";
import { propertyTypeName } from "../symbol-docs.ts";
import type { MarkedProgram } from "./complete.ts";
import { profileSchema } from "./members.ts";
import { clusterNames, operationNames, profileTypes } from "./names.ts";
import type { Offer } from "./offer.ts";
import { declaredFields, fieldOffers, propertyOffers } from "./record-fields.ts";
import { patternOffers } from "./references.ts";
import { actionOffers } from "./values.ts";
import { clauseWords, declarationWords, stop, testWords, wordOffers } from "./words.ts";

/** What may stand between the parts of a construct, where the mark itself belongs to none: by the construct around it. */
export function insideOffers(m: MarkedProgram): Offer[] {
  const inner = m.path.at(-1);
  switch (inner?.kind) {
    case "Program":
      return topOffers(m);
    case "Cluster":
      return clusterFields(m, inner as ClusterNode);
    case "Record":
      return recordOffers(m, inner as RecordNode);
    case "Plugin":
      return pluginLines(inner as PluginNode);
    case "Policy":
      return /\b(before|after)\b/.test(m.lineBefore)
        ? hookClauses(m)
        : wordOffers({ before: `${stop(1, "resize")} {\n  $0\n}`, after: `${stop(1, "resize")} {\n  $0\n}` });
    case "Hook":
      return wordOffers(clauseWords["Hook"] ?? {});
    case "Test":
      return testOffers(m);
    case "Match":
    case "MatchExpression":
      return patternOffers(m.analysis, inner as MatchNode | MatchExpressionNode);
    case "For":
      return wordOffers(loopClauses(inner as ForNode));
    case "Approve":
    case "WaitUntil":
    case "Lock":
    case "Deny":
    case "Warn":
    case "Place":
    case "Run":
    case "Schedule":
    case "Listener":
      return wordOffers(clauseWords[inner.kind] ?? {});
    default:
      return unfinishedOffers(m);
  }
}

/** Behind a statement that lacks its block: by the words that it begins with. */
function unfinishedOffers(m: MarkedProgram): Offer[] {
  const line = m.lineBefore.trimStart();
  if (/^for\s+\w+\s+in\s+\S/.test(line)) return wordOffers(clauseWords["For"] ?? {});
  return /^lock\s+\S/.test(line) ? wordOffers(clauseWords["Lock"] ?? {}) : [];
}

/** At the top level: declarations, or what follows the first words of one that can't be read yet. */
function topOffers(m: MarkedProgram): Offer[] {
  const line = m.lineBefore.trimStart();
  if (line === "") return wordOffers(declarationWords);
  if (/^profile\s+\w+\s*=\s*$/.test(line)) return profileTypes(m.analysis);
  const alias = /^profile\s+\w+\s*=\s*(\w+)\.$/.exec(line)?.[1];
  if (alias !== undefined) {
    const profiles = m.analysis.schemas.get(alias)?.profiles ?? {};
    return Object.entries(profiles).map(([label, schema]) => ({ label, kind: "type", doc: schema.doc }));
  }
  const source = /^on\s+(?:(\w+)\.)?$/.exec(line);
  if (source !== null)
    return source[1] === undefined ? eventSources(m.analysis) : events(m.analysis, source[1]);
  if (/^secret\s+\w+\s*=\s*$/.test(line)) {
    return ["env", "file"].map((label) => ({ label, kind: "function", snippet: `${label}("$0")` }));
  }
  return [];
}

function eventSources(analysis: Analysis): Offer[] {
  const plugins = [...analysis.schemas].filter(([, schema]) => Object.keys(schema.events ?? {}).length > 0);
  return [
    { label: "coppice", kind: "plugin", detail: "the engine's own events" },
    ...plugins.map(([label, schema]): Offer => ({ label, kind: "plugin", detail: schema.name })),
  ];
}

function events(analysis: Analysis, source: string): Offer[] {
  if (source === "coppice") {
    return Object.entries(engineEvents).map(([label, fields]) => ({
      label,
      kind: "event",
      detail: Object.entries(fields)
        .map(([name, type]) => `${name}: ${typeName(type)}`)
        .join(", "),
    }));
  }
  return Object.entries(analysis.schemas.get(source)?.events ?? {}).map(([label, event]) => ({
    label,
    kind: "event",
    doc: event.doc,
    detail: Object.entries(event.fields)
      .map(([name, field]) => `${name}: ${propertyTypeName(field)}`)
      .join(", "),
  }));
}

const clusterFieldTexts = {
  profile: ["a profile", "What its nodes are made from."],
  size: ["Int, or Int in Int..Int", "How many nodes it begins with, and never fewer or more than these."],
  labels: ["Map<String>", "For people and for policies."],
  policies: ["a list of policies", "Who has a say before and after what is done to it."],
} as const;

function clusterFields(m: MarkedProgram, node: ClusterNode): Offer[] {
  const written = m.analysis.text.slice(node.span.start, node.span.end); // its fields are lost where one can't be read
  const taken = [...written.matchAll(/(\w+)[ \t]*:/g)].map((match) => match[1]);
  return Object.entries(clusterFieldTexts)
    .filter(([name]) => !taken.includes(name))
    .map(([label, [detail, doc]]) => ({ label, kind: "property", detail, doc, text: `${label}: ` }));
}

function recordOffers(m: MarkedProgram, node: RecordNode): Offer[] {
  const taken = node.fields.map(({ name }) => name.text);
  const owner = m.path.at(-2);
  if (owner?.kind === "Profile" && (owner as ProfileNode).properties === node) {
    const { plugin, type } = owner as ProfileNode;
    return propertyOffers(profileSchema(m.analysis, `${plugin.text}.${type.text}`)?.properties ?? {}, taken);
  }
  if (owner?.kind === "Plugin") {
    return propertyOffers(m.analysis.schemas.get((owner as PluginNode).name.text)?.settings ?? {}, taken);
  }
  const type = m.analysis.facts.typeAt(node.span) ?? m.analysis.facts.expectedAt(node.span);
  const declared = node.name === null ? undefined : declaredFields(m.analysis, node.name.text, taken);
  if (declared !== undefined) return declared;
  return type === undefined ? [] : fieldOffers(type, taken);
}

function pluginLines(node: PluginNode): Offer[] {
  const words = { allow: "", with: "{ $0 }" };
  return wordOffers(node.settings === null ? words : { allow: words.allow });
}

function hookClauses(m: MarkedProgram): Offer[] {
  const named = /\b(?:before|after)\s+(?:\w+\s*,\s*)*$/.test(m.lineBefore);
  if (!named) return wordOffers(clauseWords["Hook"] ?? {});
  return declarationsOf(m.analysis).flatMap(({ node, file }): Offer[] => {
    if (node.kind !== "Action") return [];
    const label = file.builtin ? node.name.text.replace("CLUSTER_", "").toLowerCase() : node.name.text;
    return [{ label, kind: "function", doc: node.doc }];
  });
}

function loopClauses(node: ForNode): Readonly<Record<string, string>> {
  const missing = { ...clauseWords["For"] };
  if (node.batch !== null) delete missing["batch"];
  if (node.pause !== null) delete missing["pause"];
  if (node.tolerate !== null) delete missing["tolerate"];
  return missing;
}

/** In a test: its statements, or what may be given, run or expected. */
function testOffers(m: MarkedProgram): Offer[] {
  const line = m.lineBefore.trimStart();
  if (/^given\s+$/.test(line)) {
    return [
      ...clusterNames(m.analysis).map((each) => ({
        ...each,
        snippet: `${each.label} of ${stop(1, "3")} nodes`,
        rank: 1,
      })),
      ...wordOffers(
        {
          node: `${stop(1, "1")} is ${stop(2, "sick")}`,
          approval: stop(1, "granted"),
          time: '"$0"',
          lock: `"$1" taken for ${stop(2, "5m")}`,
        },
        2,
      ),
      ...operationNames(m.analysis).map((each) => ({ ...each, rank: 3 })),
    ];
  }
  if (/^run\s+$/.test(line)) return [...actionOffers(m.analysis, m.path), ...clusterNames(m.analysis)];
  if (/^run\b/.test(line)) return wordOffers(clauseWords["Run"] ?? {});
  const operation = /^given\s+(?:\w+\.)?\w+\s+$/.test(line);
  if (operation)
    return wordOffers({ fails: "", takes: stop(1, "30s"), returns: "", of: `${stop(1, "3")} nodes` });
  return line === "" ? wordOffers(testWords) : [];
}
