/** The UUID that a text stands for (version 5 of RFC 9562), so that a key alone finds what was made with it. */
export async function idOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", encoder.encode(namespace + text)));
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** A private address that belongs to a text. */
export function addressOf(text: string): string {
  const number = Math.floor(draw(text) * 2 ** 24);
  return `10.${number >>> 16}.${(number >>> 8) & 255}.${number & 255}`;
}

/** A number from 0 up to 1 that depends on the text alone (FNV-1a, then Murmur's finish). */
export function draw(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

const encoder = new TextEncoder();
const namespace = "openstack_test/";
