const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** `btoa`: characters up to U+00FF to Base64. */
export function btoaInside(input: unknown): string {
  const text = String(input);
  let out = "";
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2)];
    if (a > 255 || b > 255 || c > 255) throw new RangeError("btoa takes characters up to U+00FF");
    const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
    out += alphabet.charAt(bits >> 18) + alphabet.charAt((bits >> 12) & 63);
    out += Number.isNaN(b) ? "=" : alphabet.charAt((bits >> 6) & 63);
    out += Number.isNaN(c) ? "=" : alphabet.charAt(bits & 63);
  }
  return out;
}

/** `atob`: Base64, spaces ignored, to characters up to U+00FF. */
export function atobInside(input: unknown): string {
  const text = String(input).replace(/[\t\n\f\r ]/g, "");
  const body = text.length % 4 === 0 ? text.replace(/={1,2}$/, "") : text;
  if (body.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(body))
    throw new RangeError("atob was given something that isn't Base64");
  let out = "";
  let bits = 0;
  let held = 0;
  for (const character of body) {
    bits = ((bits << 6) | alphabet.indexOf(character)) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += String.fromCharCode((bits >> held) & 255);
  }
  return out;
}
