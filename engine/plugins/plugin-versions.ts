/** Whether `version` is `wanted`, or starts with its parts: `1.2.3` fits `1` and `1.2`. */
export function fitsVersion(version: string, wanted: string): boolean {
  return version === wanted || version.startsWith(`${wanted}.`);
}

/** Oldest first, as semantic versioning has it: `1.9.0` before `1.10.0-rc.1` before `1.10.0`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)];
  const numbers = compareParts(left.numbers, right.numbers);
  if (numbers !== 0) return numbers;
  if (left.pre.length === 0 || right.pre.length === 0) return right.pre.length - left.pre.length;
  return compareParts(left.pre, right.pre);
}

function split(version: string): { readonly numbers: string[]; readonly pre: string[] } {
  const at = version.indexOf("-");
  const numbers = (at < 0 ? version : version.slice(0, at)).split(".");
  return { numbers, pre: at < 0 ? [] : version.slice(at + 1).split(".") };
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const [x, y] = [a[i], b[i]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const numeric = [x, y].map((part) => /^\d+$/.test(part));
    if (numeric[0] && numeric[1]) {
      if (Number(x) !== Number(y)) return Number(x) - Number(y);
    } else if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
    else if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
