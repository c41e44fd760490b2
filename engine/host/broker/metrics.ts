import { checkProperties } from "../../../plugins/sdk/check-values.ts";
import type { PropertySchemas } from "../../../plugins/sdk/manifest.ts";
import { type BrokerCall, type Capability, ownerOf } from "./broker-call.ts";
import { badRequest } from "./http-request.ts";
import { shown } from "./shown.ts";

const name = "[a-z][a-z0-9_]{0,62}";
const requestSchema: PropertySchemas = {
  name: { type: "String", required: true, pattern: name },
  value: { type: "Float", required: true, minimum: 0 },
  labels: { type: "Map", of: { type: "String" }, default: {} },
};
const seriesAtMost = 200;
const pluginsAtMost = 1000;
const labelsAtMost = 8;
const reserved = new Set(["plugin", "project"]);

/** Counters that plugins keep, in this process. Each belongs to one plugin in one project. */
export class PluginMetrics {
  /** By project and plugin: values by series, as Prometheus writes it. */
  readonly #series = new Map<string, Map<string, number>>();
  readonly #told = new Map<string, number>();

  add(call: BrokerCall, q: { name: string; value: number; labels: Readonly<Record<string, string>> }): void {
    const owner = ownerOf(call);
    const known = this.#series.get(owner) ?? new Map<string, number>();
    this.#series.set(owner, known);
    if (this.#series.size > pluginsAtMost) this.#series.delete(this.#series.keys().next().value ?? "");
    const labels = { ...q.labels, plugin: call.manifest.name, project: call.projectId };
    const written = Object.entries(labels).map(([label, value]) => `${label}="${quoted(value)}"`);
    const series = `coppice_plugin_${q.name}_total{${written.sort().join(",")}}`;
    if (known.size < seriesAtMost || known.has(series)) known.set(series, (known.get(series) ?? 0) + q.value);
  }

  /** Series that grew since this was asked the last time, with what they are at now. */
  changed(): Readonly<Record<string, number>> {
    const grown = [...this.#series.values()].flatMap((series) =>
      [...series].filter(([name, value]) => this.#told.get(name) !== value),
    );
    for (const [name, value] of grown) this.#told.set(name, value);
    return Object.fromEntries(grown);
  }

  /** All counters in Prometheus' text format. */
  text(): string {
    const lines = [...this.#series.values()].flatMap((series) => [...series]).sort();
    let last = "";
    return lines
      .map(([series, value]) => {
        const metric = series.slice(0, series.indexOf("{"));
        const head = metric === last ? "" : `# TYPE ${metric} counter\n`;
        last = metric;
        return `${head}${series} ${value}\n`;
      })
      .join("");
  }
}

/** `host.metric`. Needs no grant: it only counts. */
export function metricCapability(metrics: PluginMetrics): Capability {
  return {
    quiet: true,
    target: (input) => shown((input as { name?: unknown } | null)?.name, 100),
    async run(call, input) {
      const checked = checkProperties(requestSchema, input);
      if (!checked.ok) throw badRequest(checked.problems.map((p) => `${p.path} ${p.message}`).join("; "));
      const q = checked.value as unknown as Parameters<PluginMetrics["add"]>[1];
      const labels = Object.entries(q.labels);
      const wrong = labels.find(([label]) => !new RegExp(`^${name}$`).test(label) || reserved.has(label));
      if (wrong !== undefined) throw badRequest(`"${wrong[0]}" can't be the name of a label`);
      if (labels.length > labelsAtMost || labels.some(([, value]) => value.length > 100))
        throw badRequest(`a metric has at most ${labelsAtMost} labels with values of at most 100 characters`);
      metrics.add(call, { ...q, labels: call.secrets.forPeople(q.labels) });
      return { value: null };
    },
  };
}

function quoted(value: string): string {
  return value.replace(/[\\"\n]/g, (c) => (c === "\n" ? "\\n" : `\\${c}`));
}
