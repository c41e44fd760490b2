const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const fields: readonly {
  name: string;
  least: number;
  most: number;
  names?: readonly string[];
  from?: number;
}[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12, names: months, from: 1 },
  { name: "day of week", least: 0, most: 7, names: weekdays, from: 0 },
];
const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What is wrong with a cron line of five fields, `undefined` when nothing is. */
export function cronProblem(words: readonly string[]): string | undefined {
  for (const [index, field] of fields.entries()) {
    const word = words[index] ?? "";
    for (const part of word.split(",")) {
      const problem = partProblem(part, field);
      if (problem !== undefined) return problem;
    }
  }
  return neverComes(words);
}

function partProblem(part: string, field: (typeof fields)[number]): string | undefined {
  const [range = "", step, ...more] = part.split("/");
  if (more.length > 0 || range === "") return `"${part}" is no ${field.name}`;
  if (step !== undefined && !(Number(step) >= 1 && Number.isInteger(Number(step))))
    return `"${part}" has no step that is a number above 0`;
  if (range === "*") return undefined;
  const ends = range.split("-");
  const numbers = ends.map((end) => fieldNumber(end, field));
  if (ends.length > 2 || numbers.some((number) => number === undefined))
    return `"${part}" is no ${field.name}`;
  const [from = 0, to = from] = numbers;
  const outside = numbers.find(
    (number) => number !== undefined && (number < field.least || number > field.most),
  );
  if (outside !== undefined)
    return `its ${field.name} is ${outside}, not ${field.least} to ${field.most === 7 ? 6 : field.most}`;
  return from > to ? `"${part}" runs backwards` : undefined;
}

function fieldNumber(text: string, field: (typeof fields)[number]): number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const index = field.names?.indexOf(text.toLowerCase()) ?? -1;
  return index < 0 ? undefined : index + (field.from ?? 0);
}

/** `0 0 30 2 *`: a day that none of its months has. */
function neverComes(words: readonly string[]): string | undefined {
  const [, , days = "*", monthsWritten = "*", weekday] = words;
  if (weekday !== "*" || !/^[\d,]+$/.test(days) || !/^[\w,]+$/.test(monthsWritten)) return undefined;
  const field = fields[3];
  if (field === undefined) return undefined;
  const first = Math.min(...days.split(",").map(Number));
  const lengths = monthsWritten
    .split(",")
    .map((month) => longestMonths[(fieldNumber(month, field) ?? 1) - 1] ?? 31);
  return lengths.every((length) => first > length) ? `no such month has a day ${first}` : undefined;
}
