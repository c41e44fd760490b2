import type { Json } from "../../../../plugins/sdk/driver.ts";
import { BlobInside, blobBytes } from "./blob.ts";
import { joinBytes, toBytes } from "./bytes.ts";
import { utf8Decode, utf8Encode } from "./encoding.ts";
import { FormDataInside } from "./form-data.ts";
import { encodeMultipart, readForm } from "./multipart.ts";
import { URLSearchParamsInside } from "./search-params.ts";
import { ReadableStreamInside } from "./streams.ts";

/** What a body may be made of. */
export type BodyInitInside =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | BlobInside
  | FormDataInside
  | URLSearchParamsInside
  | ReadableStreamInside<Uint8Array>
  | null
  | undefined;

type Source = string | Uint8Array<ArrayBuffer> | ReadableStreamInside<Uint8Array> | null;

/** A second body with the same content; a stream is split in two. */
export let copyBody: (from: BodyInside) => BodyInitInside;
/** All of it: text where it was given as text. */
export let consumeBody: (from: BodyInside) => Promise<string | Uint8Array<ArrayBuffer>>;
/** The content type that it brings along. */
export let bodyType: (from: BodyInside) => string | null;
export let hasBody: (from: BodyInside) => boolean;

/** What `Request` and `Response` have in common: one body, read once. */
export class BodyInside {
  #source: Source;
  #used = false;
  /** What the body says of itself: the default `content-type`. */
  readonly #type: string | null;
  readonly #says: () => string | null;

  /** `says` gives the content type as the headers have it. */
  constructor(init: BodyInitInside, says: () => string | null) {
    [this.#source, this.#type] = extract(init);
    this.#says = says;
  }

  get body(): ReadableStreamInside<Uint8Array> | null {
    if (this.#source === null) return null;
    if (!(this.#source instanceof ReadableStreamInside)) {
      const bytes = typeof this.#source === "string" ? utf8Encode(this.#source) : this.#source;
      this.#source = this.#used ? closedStream() : new BlobInside([bytes]).stream();
    }
    return this.#source;
  }

  get bodyUsed(): boolean {
    return this.#used || (this.#source instanceof ReadableStreamInside && isDisturbed(this.#source));
  }

  async text(): Promise<string> {
    const content = await this.#consume();
    return typeof content === "string" ? content.replace(/^\uFEFF/, "") : utf8Decode(content);
  }

  async json(): Promise<Json> {
    return JSON.parse(await this.text()) as Json;
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const content = await this.#consume();
    return typeof content === "string" ? utf8Encode(content) : content;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async blob(): Promise<BlobInside> {
    return new BlobInside([await this.bytes()], { type: this.#says() ?? "" });
  }

  async formData(): Promise<FormDataInside> {
    return readForm(await this.bytes(), this.#says() ?? "");
  }

  /** Text as long as it was given as text, bytes otherwise. Throws when it was read before. */
  async #consume(): Promise<string | Uint8Array<ArrayBuffer>> {
    if (this.bodyUsed || (this.#source instanceof ReadableStreamInside && this.#source.locked))
      throw new TypeError("Body is unusable: Body has already been read");
    const source = this.#source;
    if (source === null) return "";
    this.#used = true;
    return source instanceof ReadableStreamInside ? readAll(source) : source;
  }

  static {
    copyBody = (from) => {
      if (from.bodyUsed) throw new TypeError("clone: Body has already been consumed.");
      if (!(from.#source instanceof ReadableStreamInside)) return from.#source;
      const [mine, yours] = from.#source.tee();
      from.#source = mine;
      return yours;
    };
    consumeBody = (from) => from.#consume();
    bodyType = (from) => from.#type;
    hasBody = (from) => from.#source !== null;
  }
}

function extract(init: BodyInitInside): [Source, type: string | null] {
  if (init === null || init === undefined) return [null, null];
  if (init instanceof ReadableStreamInside) {
    if (init.locked || isDisturbed(init)) throw new TypeError("the stream is locked or was read before");
    return [init, null];
  }
  if (init instanceof BlobInside) return [blobBytes(init), init.type === "" ? null : init.type];
  if (init instanceof FormDataInside) return encodeMultipart(init);
  if (init instanceof URLSearchParamsInside)
    return [String(init), "application/x-www-form-urlencoded;charset=UTF-8"];
  const bytes = toBytes(init);
  return bytes === undefined ? [String(init), "text/plain;charset=UTF-8"] : [bytes, null];
}

async function readAll(stream: ReadableStreamInside<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) {
    if (!(piece instanceof Uint8Array))
      throw new TypeError("the body's stream gave something that is not bytes");
    pieces.push(piece);
  }
  return joinBytes(pieces);
}

function closedStream(): ReadableStreamInside<Uint8Array> {
  const made = new ReadableStreamInside<Uint8Array>({ start: (controller) => controller.close() });
  void made.getReader();
  return made;
}

/** The polyfill keeps it beside the stream, under the specification's own name. */
function isDisturbed(stream: ReadableStreamInside<Uint8Array>): boolean {
  return (stream as unknown as { readonly _disturbed?: boolean })._disturbed === true;
}
