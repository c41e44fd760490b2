/** Lets an option be given several times: all its values, in order. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
