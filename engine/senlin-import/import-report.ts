/** One thing that an author should know about an imported spec. */
export interface ReportEntry {
  readonly path: string;
  readonly line: number;
  /** `problem`: it could not be read. `dropped`: not carried over. `changed`: means something a little different now. */
  readonly kind: "problem" | "dropped" | "changed";
  /** The property, `adjustment.cooldown`; empty for a problem. */
  readonly property: string;
  readonly message: string;
}

/** Collects what could not be carried over from Senlin's specs, and why. */
export class ImportReport {
  readonly #entries: ReportEntry[] = [];

  problem(path: string, line: number, message: string): void {
    this.#entries.push({ path, line, kind: "problem", property: "", message });
  }

  dropped(path: string, line: number, property: string, message: string): void {
    this.#entries.push({ path, line, kind: "dropped", property, message });
  }

  changed(path: string, line: number, property: string, message: string): void {
    this.#entries.push({ path, line, kind: "changed", property, message });
  }

  hasProblems(path: string): boolean {
    return this.#entries.some((entry) => entry.kind === "problem" && entry.path === path);
  }

  /** By file as they were given, then by line. */
  entries(): readonly ReportEntry[] {
    const order = [...new Set(this.#entries.map((entry) => entry.path))];
    return this.#entries.toSorted((a, b) => order.indexOf(a.path) - order.indexOf(b.path) || a.line - b.line);
  }

  /** For people: `deletion.yaml:5: not carried over: grace_period: …` */
  lines(): readonly string[] {
    const words = { problem: "error", dropped: "not carried over", changed: "changed" };
    return this.entries().map(({ path, line, kind, property, message }) => {
      const what = property === "" ? "" : `${property}: `;
      return `${path}:${line}: ${words[kind]}: ${what}${message}`;
    });
  }
}
