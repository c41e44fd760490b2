import { isIP } from "node:net";
import { delimiter, resolve } from "node:path";
import { didYouMean } from "../../grammar/diagnostics/suggest.ts";
import { readNumber } from "../../grammar/parse/number-literal.ts";
import { BadValue } from "./bad-value.ts";

/** What texts an option takes, and what they mean. `parse(show(value))` is the value again. */
export interface Kind<T> {
  /** For people: `port`, `duration`, `any or signed`. */
  readonly name: string;
  /** A word for the value in a command's help: `<port>`. */
  readonly word: string;
  /** Reads a text; relative paths start at `folder`. Throws `BadValue`. */
  parse(text: string, folder: string): T;
  /** The text that means this value, wherever it is read. */
  show(value: T): string;
  /** The words that are allowed, where they can be listed: for completion. */
  readonly choices?: readonly string[];
  /** What parts a list's items; a sequence in the file is joined with it. An empty list is an empty text. */
  readonly separator?: string;
}

/** A length of time. */
export interface Duration {
  readonly milliseconds: number;
  readonly seconds: number;
}

/** A duration of so many seconds. */
export function seconds(count: number): Duration {
  return { milliseconds: count * 1000, seconds: count };
}

/** Text in one line. */
export const text: Kind<string> = {
  name: "text",
  word: "text",
  parse(written) {
    if (/[\n\r\0]/.test(written)) throw new BadValue("has more than one line", "write it in one line");
    return written;
  },
  show: (value) => value,
};

/** Whatever was written, for passwords and the like. */
export const anything: Kind<string> = {
  name: "text",
  word: "text",
  parse: (written) => written,
  show: (value) => value,
};

/** `true` or `false`; also `1` and `0`. */
export const yesOrNo: Kind<boolean> = {
  name: "true or false",
  word: "true|false",
  parse(written) {
    if (written === "true" || written === "1") return true;
    if (written === "false" || written === "0") return false;
    throw new BadValue("is neither true nor false", "write true or false");
  },
  show: String,
};

/** A whole number from `least` to `most`. */
export function count(range: { least: number; most?: number; name?: string; word?: string }): Kind<number> {
  const { least, most = Number.MAX_SAFE_INTEGER, name = "whole number", word = "number" } = range;
  const help =
    most === Number.MAX_SAFE_INTEGER
      ? `write a ${name}, at least ${least}`
      : `write a ${name}, ${least} to ${most}`;
  return {
    name: help.slice("write a ".length),
    word,
    parse(written) {
      if (!/^-?\d+$/.test(written)) throw new BadValue("is not a whole number", help);
      return within(Number(written), { least, most, help, show: String });
    },
    show: String,
  };
}

/** A port number. */
export const port: Kind<number> = count({ least: 1, most: 65_535, name: "port number", word: "port" });

/** A duration as in the language (`90s`, `1h30m`, `7d`); a bare number is seconds, as in Senlin. */
export function duration(range: { least: Duration; most?: Duration }): Kind<Duration> {
  const { least, most = seconds(Number.MAX_SAFE_INTEGER / 1000) } = range;
  const upTo = range.most === undefined ? "" : `, at most ${showDuration(range.most)}`;
  const from = least.milliseconds === 0 ? "" : `, at least ${showDuration(least)}`;
  const help = `write a duration${from}${upTo}: 90s, 15m, 1h30m, 7d`;
  return {
    name: `duration${from}${upTo}`,
    word: "duration",
    parse(written) {
      const read = readNumber(written);
      if (!("type" in read) || (read.type !== "Duration" && read.type !== "Int"))
        throw new BadValue("is not a duration", help);
      const milliseconds = read.type === "Int" ? read.value * 1000 : read.value;
      within(milliseconds, {
        least: least.milliseconds,
        most: most.milliseconds,
        help,
        show: (value) => showDuration({ milliseconds: value, seconds: value / 1000 }),
      });
      return { milliseconds, seconds: milliseconds / 1000 };
    },
    show: showDuration,
  };
}

function showDuration({ milliseconds }: Duration): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
    ["ms", 1],
  ] as const;
  for (const [unit, length] of units)
    if (milliseconds >= length && milliseconds % length === 0) return `${milliseconds / length}${unit}`;
  return "0s";
}

/** A number of bytes, also with a unit of the language: `1MiB`, `65535`. */
export function size(range: { least: number; most: number }): Kind<number> {
  const help = `write a size, ${showSize(range.least)} to ${showSize(range.most)}: 65536, 512KiB, 4MiB`;
  return {
    name: `size, ${showSize(range.least)} to ${showSize(range.most)}`,
    word: "size",
    parse(written) {
      const read = readNumber(written);
      if (!("type" in read) || (read.type !== "Size" && read.type !== "Int"))
        throw new BadValue("is not a size", help);
      return within(read.value, { ...range, help, show: showSize });
    },
    show: showSize,
  };
}

function showSize(bytes: number): string {
  const units = [
    ["GiB", 1024 ** 3],
    ["MiB", 1024 ** 2],
    ["KiB", 1024],
  ] as const;
  for (const [unit, factor] of units)
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  return String(bytes);
}

function within(
  value: number,
  range: { least: number; most: number; help: string; show: (value: number) => string },
): number {
  if (value < range.least) throw new BadValue(`is below ${range.show(range.least)}`, range.help);
  if (value > range.most) throw new BadValue(`is above ${range.show(range.most)}`, range.help);
  return value;
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[]): Kind<Word> {
  const list = words.length === 1 ? words[0]! : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return {
    name: list,
    word: "word",
    choices: words,
    parse(written) {
      const found = words.find((word) => word === written);
      if (found !== undefined) return found;
      throw new BadValue(`is not ${list}`, didYouMean(written, words) ?? `write ${list}`);
    },
    show: (value) => value,
  };
}

/** An address of one of these schemes, with a host. */
export function url(schemes: readonly string[], example: string): Kind<URL> {
  return {
    name: `${schemes.join(" or ")} address`,
    word: "url",
    parse(written) {
      const read = URL.parse(written);
      const known = read !== null && schemes.includes(read.protocol.slice(0, -1));
      if (!known) throw new BadValue(`is not an ${schemes[0]} address`, `write ${example}`);
      if (read.host === "" && schemes.includes("http"))
        throw new BadValue("names no host", `write ${example}`);
      return read;
    },
    show: (value) => value.href,
  };
}

/** The address of a Postgres, as `pg` reads it; kept as it's written, since not all of them are URLs. */
export const databaseAddress: Kind<string> = {
  name: "postgres address",
  word: "url",
  parse(written) {
    if (/^(postgres|postgresql|socket):\/?\S+$/.test(written)) return written;
    throw new BadValue("is not a postgres address", "write postgres://user:password@host/database");
  },
  show: (value) => value,
};

/** A host and its port: `temporal.example.org:7233`. */
export const hostAndPort: Kind<string> = {
  name: "host:port",
  word: "host:port",
  parse(written) {
    const at = /^(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):(?<port>\d{1,5})$/.exec(written)?.groups?.["port"];
    if (at !== undefined && Number(at) >= 1 && Number(at) <= 65_535) return written;
    throw new BadValue("is not a host and its port", "write 127.0.0.1:7233");
  },
  show: (value) => value,
};

/** An address to listen on: a host's name, or an IP address without brackets. */
export const host: Kind<string> = {
  name: "host name or IP address",
  word: "address",
  parse(written) {
    if (isIP(written) !== 0 || (/^[\w-]+(\.[\w-]+)*$/.test(written) && !/^[\d.]+$/.test(written)))
      return written;
    throw new BadValue(
      "is neither a host's name nor an IP address",
      "write 127.0.0.1, 0.0.0.0, :: or a name",
    );
  },
  show: (value) => value,
};

/** A file or folder; absolute once it's read. */
export const path: Kind<string> = {
  name: "path",
  word: "path",
  parse: (written, folder) => resolve(folder, text.parse(written, folder)),
  show: (value) => value,
};

/** Texts parted by commas; blanks around them don't count. */
export function list(
  q: { name?: string; word?: string; lower?: boolean; check?: (item: string) => void } = {},
): Kind<readonly string[]> {
  return {
    name: q.name ?? "list",
    word: q.word ?? "list",
    separator: ",",
    parse(written) {
      const items = written.split(",").flatMap((item) => item.trim() || []);
      for (const item of items) q.check?.(item);
      return [...new Set(q.lower ? items.map((item) => item.toLowerCase()) : items)];
    },
    show: (value) => value.join(","),
  };
}

/** Paths, parted as in `PATH`; absolute once they are read. `keep` says which items are none and stay as they are. */
export function paths(keep: (item: string) => boolean = () => false): Kind<readonly string[]> {
  return {
    name: `paths, parted by ${delimiter}`,
    word: "paths",
    separator: delimiter,
    parse(written, folder) {
      const items = written.split(delimiter).filter((item) => item !== "");
      return [...new Set(items.map((item) => (keep(item) ? item : resolve(folder, item))))];
    },
    show: (value) => value.join(delimiter),
  };
}
