const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const hex = /\b[0-9a-f]{32}\b/g;
const exactId = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})$/;
/** The forms that times of now have on the wire; which one is used is part of the interface. */
const times: readonly [RegExp, string][] = [
  [/\b20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "<time>Z"],
  [/\b20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\b/g, "<time>.ffffff"],
  [/\b20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00/g, "<time>+00:00"],
  [/\b20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d\b/g, "<time>"],
];
/** What an engine names by chance: members without a name format, adopted nodes, lock holders. */
const chance: readonly [RegExp, string][] = [
  [/\bnode-[A-Za-z][A-Za-z0-9]{7}\b/g, "node-<random>"],
  [/(?<=Keystone uri=")[^"]*/g, "<keystone>"],
  [/&signature=[\w-]{43}/g, ""], // our webhooks' URLs are signed
  [/^Bearer realm="coppice"$/, 'Keystone uri="<keystone>"'], // what we say where there is no Keystone
];

/** Lists of ids whose order Senlin leaves to its database. */
const unordered = new Set(["nodes", "policies", "depends_on", "depended_by"]);

/** Keeps what two runs of the same requests have in common: ids become the places where they first appeared. */
export class Normaliser {
  /** From a value to its name. */
  readonly #known = new Map<string, string>();

  /** Says what a value of the run is to be called. */
  know(value: string, name: string): void {
    if (value !== "" && !this.#known.has(value)) this.#known.set(value, `<${name}>`);
  }

  /** Learns the ids of an answer that has a name: `profile.id` of the answer `web` is `<web.profile.id>`. */
  learn(value: unknown, path: string): void {
    if (typeof value === "string" && exactId.test(value)) this.know(value, path);
    else if (typeof value === "object" && value !== null)
      for (const [key, each] of Object.entries(value)) this.learn(each, `${path}.${key}`);
  }

  text(raw: string): string {
    let text = raw;
    const shorts = new Map<string, string>();
    for (const [value, name] of this.#known) {
      text = text.replaceAll(value, name);
      if (exactId.test(value)) shorts.set(value.slice(0, 8), `${name.slice(0, -1)}:8>`);
    }
    text = text.replace(uuid, "<uuid>").replace(hex, "<hex>");
    text = text.replace(/\b[0-9a-f]{8}\b|(?<=_)[0-9a-f]{8}\b/g, (short) => shorts.get(short) ?? short);
    for (const [form, name] of times) text = text.replace(form, name);
    for (const [form, name] of chance) text = text.replace(form, name);
    return text;
  }

  /** A parsed body with its values normalised and its keys sorted. */
  json(value: unknown, key = ""): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number" && /^(start|end)_time$/.test(key)) return "<seconds>";
    if (Array.isArray(value)) {
      const items = value.map((each) => this.json(each));
      return unordered.has(key) && items.every((item) => typeof item === "string") ? items.sort() : items;
    }
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value)
      .filter(([name]) => name !== "trust_id") // with local tokens none is needed
      .filter(([name]) => name !== "description" || !isDescriptor(value)) // each server has sentences of its own
      .map(([name, each]) => [this.text(name), this.json(each, name)] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  }
}

/** Whether it says of a property what specs may hold, or of an operation what it takes. */
function isDescriptor(value: object): boolean {
  return "description" in value && ("required" in value || "parameters" in value);
}
