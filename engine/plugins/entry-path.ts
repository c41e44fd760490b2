/**
 * A path within a package from what an archive says: parts with `/`, no `./` before them. `""` for the package itself,
 * `null` for a path that leaves, is absolute, or means something else on another system.
 */
export function entryPath(name: string): string | null {
  const parts = name.replace(/\/+$/, "").split("/");
  while (parts[0] === ".") parts.shift();
  if (parts.length === 0) return "";
  const fine = parts.every(
    (part) => part !== "" && part !== "." && part !== ".." && !/[\\:\u0000-\u001f\u007f]/.test(part),
  );
  return fine && name.length <= 1000 ? parts.join("/") : null;
}
