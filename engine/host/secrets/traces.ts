/**
 * The ways in which a value may come back: as it is, escaped for JSON, HTML or a URL, in base64 at any offset, and
 * line by line. Whatever else is made of it (a hash, say) is not found.
 */
export function tracesOf(value: string): string[] {
  const traces = new Set([value]);
  for (const line of value.split(/\r?\n/)) if (line.length >= longEnough) traces.add(line);
  for (const text of [...traces]) {
    const json = JSON.stringify(text).slice(1, -1);
    const url = encodeURIComponent(text.toWellFormed());
    for (const each of [json, asciiOnly(json), url, url.replaceAll("%20", "+"), htmlOf(text)])
      traces.add(each);
  }
  if (value.length >= longEnough) for (const each of base64Of(value)) traces.add(each);
  return [...traces];
}

const longEnough = 8;

function asciiOnly(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function htmlOf(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (c) => names[c] ?? c);
}

/** The characters that are the same wherever in a longer text the value begins: three offsets, two alphabets. */
function base64Of(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const rest = (offset + bytes.length) % 3;
    const inner = encoded.slice([0, 2, 3][offset], rest === 0 ? undefined : rest === 1 ? -3 : -2);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
