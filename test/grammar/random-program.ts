/**
 * A random program of every construct, badly laid out: gaps of any kind wherever the language allows them, with comments
 * in them. The same seed and size give the same text; what it says makes no sense, but it has no syntax errors.
 */
export function randomProgram(seed: number, size: number): string {
  return new ProgramWriter(seed, size).program();
}

const names = ["a", "node", "limit", "match", "lock", "test", "run", "of", "place", "size_2", "x"];
const words = [...names, "if", "for", "none", "in", "let"];
const operators = ["or", "and", "??", "==", "<", "in", "+", "-", "*", "/"];
const literals = ["1", "2.5", "30s", "1h30m", "256MiB", "80%", "true", "none", '"t"', '"a\\{b\\}\\n"', '""'];

class ProgramWriter {
  private state: number;
  /** What may still be written: every construct takes from it, and with none left only the simplest follow. */
  private left: number;
  private comments = 0;

  constructor(seed: number, size: number) {
    this.state = seed >>> 0;
    this.left = size;
  }

  program(): string {
    const parts: string[] = [];
    do parts.push(this.declaration());
    while (this.left > 0);
    return `${this.gap()}${parts.join(`\n${this.gap()}`)}${this.gap()}`;
  }

  private random(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  private chance(of: number): boolean {
    return this.random() < of;
  }

  private pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)]!;
  }

  private oneOf(...ways: (() => string)[]): string {
    return this.pick(ways)();
  }

  private maybe(write: () => string, chance = 0.4): string {
    return this.chance(chance) ? write() : "";
  }

  /** From `least` to three, separated. */
  private several(least: number, separator: () => string, write: () => string): string {
    const count = least + Math.floor(this.random() * (this.left > 0 ? 3 : 1));
    return Array.from({ length: count }, write).reduce(
      (all, one) => (all === "" ? one : all + separator() + one),
      "",
    );
  }

  /** Blanks, new lines, comments: at least one blank. */
  private gap(): string {
    if (this.chance(0.75)) return " ";
    const comment = () => `${this.pick(["//", "///"])} c${this.comments++}\n`;
    return this.pick([
      () => "\n",
      () => "  ",
      () => "\n\n\n",
      () => ` ${comment()}`,
      () => `\n${comment()}  `,
    ])();
  }

  private name(): string {
    return this.pick(names);
  }

  // Expressions

  private expression(): string {
    this.left--;
    if (this.left <= 0) return this.simple();
    return this.oneOf(
      () => this.simple(),
      () => this.binary(),
      () => `not ${this.operand()}`,
      () => `-${this.operand()}`,
      () =>
        `if${this.gap()}${this.expression()}${this.gap()}then${this.gap()}${this.expression()}${this.gap()}else ${this.expression()}`,
      () => `${this.name()}${this.gap()}=>${this.gap()}${this.expression()}`,
      () => `(a, b) =>${this.gap()}${this.expression()}`,
      () => this.matchExpression(),
      () => this.record(),
      () => `Named ${this.record()}`,
      () => this.call(),
      () => this.list(() => this.expression()),
      () => `(${this.gap()}${this.expression()}${this.gap()})`,
    );
  }

  private binary(): string {
    const operator = this.pick(operators);
    const before = operator === "-" ? " " : this.gap();
    return `${this.operand()}${before}${operator}${this.gap()}${this.operand()}`;
  }

  /** Anything that may stand beside an operator: in parentheses, unless it is simple. */
  private operand(): string {
    return this.chance(0.5) ? this.simple() : `(${this.expression()})`;
  }

  /** What stands in a header: no record or match outside of parentheses. */
  private bare(): string {
    return this.oneOf(
      () => this.simple(),
      () => `(${this.expression()})`,
      () => `${this.simple()} + ${this.operand()}`,
      () => this.call(),
    );
  }

  /** Names, members, literals: without gaps. */
  private simple(): string {
    return this.oneOf(
      () => this.name(),
      () => this.pick(literals),
      () => `${this.name()}.${this.pick(words)}`,
      () => `${this.name()}[${this.pick(literals)}]`,
      () => `"x {${this.name()}} {${this.name()}.y + 1}"`,
    );
  }

  private multiline(): string {
    return `"""\n    one {${this.name()}}\n      two\n    """`;
  }

  private call(): string {
    const callee = this.oneOf(
      () => this.name(),
      () => `${this.name()}.${this.pick(words)}`,
    );
    const positional = this.several(
      0,
      () => `,${this.gap()}`,
      () => this.expression(),
    );
    const named = this.several(
      0,
      () => `,${this.gap()}`,
      () => `${this.pick(words)}:${this.gap()}${this.expression()}`,
    );
    const both = [positional, named].filter((part) => part !== "").join(`,${this.gap()}`);
    return `${callee}(${this.gap()}${both}${this.gap()})`;
  }

  private list(item: () => string): string {
    const items = this.several(0, () => `${this.gap()},${this.gap()}`, item);
    return `[${this.gap()}${items}${items === "" ? "" : this.maybe(() => ",")}${this.gap()}]`;
  }

  private record(): string {
    const separator = () => this.pick([`,${this.gap()}`, "\n", `${this.gap()}\n`]);
    const field = () =>
      `${this.oneOf(
        () => this.pick(words),
        () => '"content-type"',
      )}:${this.gap()}${this.expression()}`;
    return `{${this.gap()}${this.several(0, separator, field)}${this.gap()}}`;
  }

  private patterns(): string {
    const pattern = () => this.pick(["small", "Tier.large", "1", "-2", '"t"', "none", "true"]);
    return this.several(1, () => `,${this.gap()}`, pattern);
  }

  private matchExpression(): string {
    const one = () => `${this.patterns()}${this.gap()}=>${this.gap()}${this.expression()}`;
    const cases = this.several(1, () => this.pick([`,${this.gap()}`, "\n", `\n${this.gap()}`]), one);
    const others = this.maybe(() => `\nelse${this.gap()}=> ${this.expression()}`);
    return `match ${this.oneOf(
      () => this.name(),
      () => `(${this.simple()})`,
    )} {${this.gap()}${cases}${others}${this.gap()}}`;
  }

  // Statements

  private block(): string {
    this.left--;
    const statements = this.several(
      0,
      () => `\n${this.gap()}`,
      () => this.statement(),
    );
    return `{${this.gap()}${statements}${statements === "" ? "" : this.pick(["\n", " "])}${this.gap()}}`;
  }

  private statement(): string {
    this.left--;
    if (this.left <= 0) return `${this.name()}()`;
    const expression = () => this.expression();
    return this.oneOf(
      () => `let ${this.name()}${this.gap()}=${this.gap()}${expression()}`,
      () => `let a = ${this.multiline()}`,
      () => `let a = ${this.call()}${this.clauses()}`,
      () => `${this.call()}${this.clauses()}`,
      () =>
        `for ${this.name()} in ${this.bare()}${this.maybe(() => `${this.gap()}batch ${this.pick(["all", "2"])}`)}${this.maybe(() => `${this.gap()}pause 5s`)}${this.maybe(() => `${this.gap()}tolerate 2 failures`)}${this.gap()}${this.block()}${this.maybe(() => `${this.gap()}ensure${this.gap()}${this.block()}`)}`,
      () => `parallel${this.gap()}${this.block()}`,
      () => this.ifStatement(),
      () => this.matchStatement(),
      () =>
        `try${this.gap()}${this.block()}${this.maybe(() => `${this.gap()}recover error${this.gap()}${this.block()}`)}${this.maybe(() => `${this.gap()}ensure${this.gap()}${this.block()}`)}`,
      () => `wait${this.gap()}${expression()}`,
      () => `wait until${this.gap()}${this.bare()}${this.gap()}every 5s${this.gap()}within 5m`,
      () =>
        `approve${this.gap()}${this.simple()}${this.maybe(() => `${this.gap()}by operator`)}${this.maybe(() => `${this.gap()}within 4h`)}`,
      () =>
        `lock "a"${this.maybe(() => `,${this.gap()}${this.simple()}`)}${this.maybe(() => `${this.gap()}through etcd.locks`)}${this.maybe(() => `${this.gap()}within 1m`)}${this.gap()}${this.block()}`,
      () => `emit "e"${this.maybe(() => ` ${this.record()}`)}${this.maybe(() => ` to chat.room(a: 1)`)}`,
      () => `fail${this.gap()}${expression()}`,
      () => `return${this.maybe(() => ` ${expression()}`)}`,
      () =>
        `deny${this.gap()}${this.bare()}${this.maybe(() => `${this.gap()}when${this.gap()}${this.bare()}`)}`,
      () => `warn "w"${this.maybe(() => `${this.gap()}when ${this.bare()}`)}`,
      () => `limit ${this.bare()}`,
      () => `choose${this.gap()}${this.bare()}`,
      () =>
        `place zone${this.gap()}across ${this.oneOf(
          () => this.list(expression),
          () => `(${this.simple()})`,
        )}${this.maybe(() => `${this.gap()}weights ${this.record()}`)}`,
      () => `batch ${this.bare()}${this.maybe(() => `${this.gap()}pause 5s`)}`,
      () => this.block(),
    );
  }

  private clauses(): string {
    return (
      this.maybe(
        () =>
          `${this.gap()}retry ${this.count()}${this.maybe(() => `${this.gap()}every ${this.count()}${this.maybe(() => `..${this.count()}`)}`)}`,
      ) +
      this.maybe(() => `${this.gap()}timeout${this.gap()}${this.bare()}`) +
      this.maybe(
        () =>
          `${this.gap()}undo${this.gap()}${this.oneOf(
            () => this.call(),
            () => this.block(),
          )}`,
      )
    );
  }

  private count(): string {
    return this.pick(["3", "2s", "(match)", "(limit)", "x.y", "(a + b)"]);
  }

  private ifStatement(): string {
    const otherwise = () =>
      `${this.gap()}else${this.gap()}${this.oneOf(
        () => this.block(),
        () => this.ifStatement(),
      )}`;
    this.left--;
    return `if${this.gap()}${this.bare()}${this.gap()}${this.block()}${this.maybe(otherwise, this.left > 0 ? 0.4 : 0)}`;
  }

  private matchStatement(): string {
    const one = () => `${this.patterns()}${this.gap()}=>${this.gap()}${this.block()}`;
    const cases = this.several(1, () => this.pick([" ", "\n", `,${this.gap()}`, `\n${this.gap()}`]), one);
    const others = this.maybe(() => `\n${this.gap()}else =>${this.gap()}${this.block()}`);
    return `match ${this.bare()}${this.gap()}{${this.gap()}${cases}${others}${this.gap()}}`;
  }

  // Declarations

  private type(): string {
    return this.oneOf(
      () => "Int",
      () => "String?",
      () => "List<Map<Int>>",
      () => "Cluster<docker.container>",
      () => "Duration in 1s..2h",
      () => "Int? in 1 .. 100",
    );
  }

  private parameters(): string {
    const parameter = () =>
      `${this.name()}:${this.gap()}${this.type()}${this.maybe(() => `${this.gap()}=${this.gap()}${this.expression()}`)}`;
    return `(${this.gap()}${this.several(0, () => `,${this.gap()}`, parameter)}${this.gap()})`;
  }

  private declaration(): string {
    this.left--;
    return `${this.maybe(() => `/// doc of ${this.comments++}\n`, 0.2)}${this.declared()}`;
  }

  private declared(): string {
    const name = () => this.name();
    const separator = () => this.pick([", ", "\n", ` // c${this.comments++}\n`]);
    return this.oneOf(
      () => `import${this.gap()}"./x.coppice"${this.maybe(() => `${this.gap()}version${this.gap()}"1.2"`)}`,
      () =>
        `plugin ${name()}${this.gap()}from${this.gap()}"./p"${this.maybe(() => `${this.gap()}{${this.gap()}allow http "x"${this.gap()}\nallow state${this.gap()}\nwith${this.gap()}${this.record()}${this.gap()}}`)}`,
      () =>
        `param ${name()}:${this.gap()}${this.type()}${this.maybe(() => `${this.gap()}=${this.gap()}${this.expression()}`)}`,
      () => `secret ${name()}${this.gap()}=${this.gap()}env(${this.gap()}"X"${this.gap()})`,
      () => `secret ${name()}${this.gap()}=${this.gap()}${name()}.${name()}(${this.gap()}"X"${this.gap()})`,
      () => `enum ${name()}${this.gap()}{${this.gap()}${this.several(1, separator, name)}${this.gap()}}`,
      () =>
        `record ${name()}${this.gap()}{${this.gap()}${this.several(1, separator, () => `${name()}:${this.gap()}${this.type()}`)}${this.gap()}}`,
      () => `profile ${name()}${this.gap()}=${this.gap()}docker.container${this.gap()}${this.record()}`,
      () =>
        `cluster ${name()}${this.gap()}{${this.gap()}size:${this.gap()}3 in 2..10\n policies:${this.gap()}${this.list(() => `${name()}${this.maybe(() => " enforce warn")}`)}, p: [q() enforce deny unless admin]${this.gap()}}`,
      () =>
        `policy ${name()}${this.maybe(() => this.parameters())}${this.gap()}{${this.gap()}${this.several(
          0,
          () => `\n${this.gap()}`,
          () => this.hook(),
        )}${this.gap()}}`,
      () => this.action(),
      () => this.action(),
      () =>
        `${this.pick(["every", "at"])}${this.gap()}${this.pick(['"Fri 18:00"', "30m", "(a in b)", "x.y"])}${this.maybe(() => `${this.gap()}in${this.gap()}"Europe/Paris"`)}${this.gap()}${this.block()}`,
      () =>
        `on nova.gone${this.maybe(() => `${this.gap()}as e`)}${this.maybe(() => `${this.gap()}when ${this.bare()}`)}${this.gap()}${this.block()}`,
      () => this.test(),
      () => this.test(),
    );
  }

  private hook(): string {
    return `${this.pick(["before", "after"])}${this.gap()}resize,${this.gap()}scale_in${this.maybe(() => `${this.gap()}priority 5`)}${this.maybe(() => `${this.gap()}when${this.gap()}${this.bare()}`)}${this.gap()}${this.block()}`;
  }

  private action(): string {
    return `action ${this.name()}${this.parameters()}${this.maybe(() => `${this.gap()}->${this.gap()}Int`)}${this.gap()}${this.block()}`;
  }

  private test(): string {
    const each = this.maybe(() => `${this.gap()}for each in ${this.list(() => this.expression())}`);
    const statements = this.several(
      1,
      () => `\n${this.gap()}`,
      () => this.testStatement(),
    );
    return `test${this.gap()}"t"${each}${this.gap()}{${this.gap()}${statements}${this.pick(["\n", " "])}${this.gap()}}`;
  }

  private testStatement(): string {
    this.left--;
    const node = () => `node ${this.pick(["1", "i", "i + 1"])}${this.maybe(() => " of shop")}`;
    const message = () => ` "m {a}"`;
    return this.oneOf(
      () => `let ${this.name()} = ${this.expression()}`,
      () =>
        `given${this.gap()}shop${this.gap()}of${this.gap()}${this.simple()} ${this.pick(["node", "nodes", ""])}`,
      () =>
        `given${this.gap()}${node()}${this.gap()}is${this.gap()}${this.pick(["sick", "broken", "missing"])}`,
      () =>
        `given update fails${this.maybe(() => `${this.gap()}on ${node()}`)}${this.maybe(() => `${this.gap()}with${message()}`)}${this.maybe(() => `${this.gap()}code "c"`)}${this.maybe(() => `${this.gap()}times 2`)}${this.maybe(() => `${this.gap()}for good`)}`,
      () =>
        `given create takes${this.gap()}30s${this.maybe(() => `${this.gap()}times 3`)}${this.maybe(() => `${this.gap()}on ${node()}`)}`,
      () =>
        `given shell.run returns${this.gap()}${this.expression()}${this.maybe(() => `${this.gap()}on ${node()}`)}`,
      () =>
        `given approval ${this.pick(["granted", "absent"])}${this.maybe(() => `${this.gap()}after${this.gap()}1h`)}`,
      () => `given time${this.gap()}"2026-11-27 18:00"`,
      () => `given lock${this.gap()}"d"${this.gap()}taken${this.gap()}for${this.gap()}5m`,
      () =>
        `run${this.gap()}${this.call()}${this.maybe(() => `${this.gap()}override${message()}`)}${this.maybe(() => `${this.gap()}cancel${this.gap()}after 5s`)}${this.maybe(() => `${this.gap()}expect ${this.pick(["failure", "denied", "cancelled"])}${this.maybe(message)}`)}`,
      () => `expect ${this.expression()}`,
    );
  }
}
