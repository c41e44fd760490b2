/**
 * The ways in which a value may come back: as it is, escaped for JSON, HTML or a URL, once or twice (JSON within JSON), in
 * base64 at any offset, and line by line. Whatever else is made of it (a hash, say) is not found.
 */
export function tracesOf(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= longEnough);
  const once = new Set([value, ...lines].flatMap(escapesOf));
  const twice = [...once].flatMap(escapesOf);
  const encoded = [...once].filter((text) => text.length >= longEnough).flatMap(base64Of);
  return [...new Set([...once, ...twice, ...encoded])];
}

/** Shorter parts would be found where nobody meant them. */
const longEnough = 8;

function escapesOf(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text.toWellFormed());
  return [text, json, asciiOnly(json), url, url.replaceAll("%20", "+"), htmlOf(text)];
}

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
