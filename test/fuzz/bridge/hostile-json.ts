import type { Random } from "../random.ts";

const words = [
  ...[
    "done",
    "request",
    "log",
    "event",
    "ended",
    "call",
    "reply",
    "end",
    "timer",
    "probe",
    "opened",
    "nonsense",
  ],
  ...["http", "socket", "command", "state", "sleep", "stream", "secret", "reveal", "ssh", "amqp", "metric"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "functions.echo", "functions.__proto__", ""],
];
const texts = [
  "",
  "x",
  "\0",
  "\u202e\ud800",
  "a".repeat(10_000),
  "\n{}\n",
  "𝒳",
  "../../etc/passwd",
  "-0",
  "1e999",
];
const numbers = [0, 1, -1, 2, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, Number.MAX_SAFE_INTEGER, 1e-320];
const keys = [
  ...["t", "id", "call", "ok", "value", "error", "capability", "input", "level", "text", "accepted", "kind"],
  ...[
    "name",
    "message",
    "stack",
    "code",
    "retryable",
    "help",
    "method",
    "url",
    "do",
    "key",
    "expected",
    "path",
  ],
  ...[
    "request",
    "milliseconds",
    "body",
    "headers",
    "args",
    "__proto__",
    "constructor",
    "toJSON",
    "then",
    "length",
  ],
];

/** Any value that JSON can say, small on the whole. */
export function anyJson(random: Random, depth = 0): unknown {
  const kind = random.below(depth > 4 ? 5 : 8);
  if (kind === 0) return null;
  if (kind === 1) return random.chance(0.5);
  if (kind === 2) return random.pick(numbers);
  if (kind === 3) return random.pick(texts);
  if (kind === 4) return random.pick(words);
  if (kind === 5) return Array.from({ length: random.below(5) }, () => anyJson(random, depth + 1));
  const pairs = Array.from({ length: random.below(6) }, () => [
    random.pick(keys),
    anyJson(random, depth + 1),
  ]);
  return Object.fromEntries(pairs);
}

/** A message as it should be, with some of its fields changed, left out, added or moved. */
export function mutated(random: Random, message: Readonly<Record<string, unknown>>): unknown {
  const copy: Record<string, unknown> = { ...message };
  for (let i = random.below(3); i >= 0; i--) {
    const name = random.pick(Object.keys(message));
    const how = random.below(4);
    if (how === 0) delete copy[name];
    else if (how === 1) copy[name] = anyJson(random);
    else if (how === 2) copy[random.pick(keys)] = copy[name];
    else copy[name] = [copy[name]];
  }
  return copy;
}

/** Text that should be a message: mostly JSON, sometimes cut, doubled, nested very deep, or none at all. */
export function hostileText(random: Random, message: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(random.chance(0.7) ? mutated(random, message) : anyJson(random)) ?? "";
  const how = random.below(20);
  if (how === 0) return text.slice(0, random.below(text.length + 1));
  if (how === 1) return text + text;
  if (how === 2) return "[".repeat(random.below(2000));
  if (how === 3) return String.fromCharCode(...Array.from({ length: 40 }, () => random.below(0x10000)));
  if (how === 4) return text.replace(/"([a-z]+)":/, '"__proto__":{"$1":1},"$1":');
  return text;
}
