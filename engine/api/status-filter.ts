/** `?status=ACTIVE,ERROR` as a list; `null` when nothing was asked for. */
export function statusFilter(text: string | undefined): string[] | null {
  const names = (text ?? "").split(",").filter((name) => name !== "");
  return names.length === 0 ? null : names;
}
