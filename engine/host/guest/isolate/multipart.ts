import { BlobInside, blobBytes, FileInside } from "./blob.ts";
import { joinBytes } from "./bytes.ts";
import { utf8Decode, utf8Encode } from "./encoding.ts";
import { FormDataInside } from "./form-data.ts";
import { URLSearchParamsInside } from "./search-params.ts";
import { wires } from "./wires.ts";

/** A form as `multipart/form-data` (RFC 7578), and its content type. */
export function encodeMultipart(form: FormDataInside): [body: Uint8Array<ArrayBuffer>, type: string] {
  const random = new Uint8Array(wires.randomBytes(12));
  const boundary = `----coppice${Array.from(random, (b) => b.toString(16).padStart(2, "0")).join("")}`;
  const pieces: Uint8Array[] = [];
  for (const [name, value] of form) {
    let head = `--${boundary}\r\nContent-Disposition: form-data; name="${quote(lines(name))}"`;
    if (value instanceof FileInside)
      head += `; filename="${quote(value.name)}"\r\nContent-Type: ${value.type || "application/octet-stream"}`;
    const content = value instanceof BlobInside ? blobBytes(value) : utf8Encode(lines(value));
    pieces.push(utf8Encode(`${head}\r\n\r\n`), content, utf8Encode("\r\n"));
  }
  pieces.push(utf8Encode(`--${boundary}--\r\n`));
  return [joinBytes(pieces), `multipart/form-data; boundary=${boundary}`];
}

/** The form in a body of the content type `type`. Throws `TypeError` for a body that isn't one. */
export function readForm(body: Uint8Array, type: string): FormDataInside {
  const form = new FormDataInside();
  const [kind] = type.toLowerCase().split(";");
  if (kind?.trim() === "application/x-www-form-urlencoded") {
    for (const [name, value] of new URLSearchParamsInside(utf8Decode(body))) form.append(name, value);
    return form;
  }
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  if (kind?.trim() !== "multipart/form-data" || boundary === null)
    throw new TypeError(`a body of type ${type || "(none)"} is not a form`);
  const wall = utf8Encode(`--${boundary[1] ?? boundary[2]}`);
  let at = find(body, wall, 0);
  for (;;) {
    if (at < 0) throw new TypeError("the form has no end");
    at += wall.length;
    if (body[at] === dash && body[at + 1] === dash) return form;
    const next = find(body, wall, at);
    if (next < 0) throw new TypeError("the form has no end");
    readPart(body.subarray(at + 2, next - 2), form);
    at = next;
  }
}

const dash = 45;
const blankLine = utf8Encode("\r\n\r\n");

function readPart(part: Uint8Array, form: FormDataInside): void {
  const end = find(part, blankLine, 0);
  if (end < 0) throw new TypeError("a part of the form has no headers");
  const head = utf8Decode(part.subarray(0, end));
  const content = part.subarray(end + blankLine.length);
  const name = /;\s*name="([^"]*)"/i.exec(head)?.[1];
  if (name === undefined) throw new TypeError("a part of the form has no name");
  const filename = /;\s*filename="([^"]*)"/i.exec(head)?.[1];
  if (filename === undefined) form.append(unquote(name), utf8Decode(content));
  else {
    const type = /^content-type:\s*(.*)$/im.exec(head)?.[1]?.trim() ?? "text/plain";
    form.append(unquote(name), new FileInside([content], unquote(filename), { type }));
  }
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] as number;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1))
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}

function lines(text: string): string {
  return text.replace(/\r\n|\r|\n/g, "\r\n");
}

function quote(text: string): string {
  return text.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}

function unquote(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%22", '"');
}
