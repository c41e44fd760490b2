/** Characters that mean nothing, as a message quotes them: at most ten, invisible ones by their code. */
export function showCharacters(characters: string): string {
  const shown = [...characters].slice(0, 10).map(showCharacter).join("");
  return characters.length > 10 ? `"${shown}…"` : `"${shown}"`;
}

function showCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const visible =
    point > 0x20 && point !== 0x7f && !(point >= 0x80 && point <= 0x9f) && !/\p{C}/u.test(character);
  return visible ? character : `\\u{${point.toString(16).toUpperCase()}}`;
}

/** What was probably meant by them. */
export function helpForCharacters(characters: string): string | undefined {
  const first = characters[0]!;
  if ("“”„‟«»".includes(first)) return 'write straight quotes: "…"';
  if ("‘’".includes(first)) return 'write straight double quotes: "…"';
  if (first === "&") return "write and";
  if (first === "|") return "write or";
  if (first === "%")
    return "a percentage is written without a blank: 80%; what a division leaves is n.mod(3)";
  if (first === "$") return "write the name without $";
  if (first === "–" || first === "—" || first === "−") return "write a plain - for minus";
  if (/\p{L}/u.test(characters)) return "names are made of a–z, A–Z, 0–9 and _";
  return undefined;
}
