/** Texts and bytes. */
export const encodings: Readonly<Record<string, () => unknown>> = {
  encode: () => [..."aé€🌳\ud800"].map((c) => Array.from(new TextEncoder().encode(c))),
  encode_into: () => {
    const into = new Uint8Array(4);
    return [new TextEncoder().encodeInto("a€é", into), Array.from(into)];
  },
  decode: () =>
    [
      [0x61],
      [0xc3, 0xa9],
      [0xe2, 0x82, 0xac],
      [0xf0, 0x9f, 0x8c, 0xb3],
      [0xff],
      [0xc3],
      [0xe2, 0x82],
      [0xed, 0xa0, 0x80],
      [0xef, 0xbb, 0xbf, 0x61],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc0, 0x80],
      [0xe2, 0x28, 0xa1],
    ].map((bytes) => new TextDecoder().decode(new Uint8Array(bytes))),
  decode_in_pieces: () => {
    const decoder = new TextDecoder();
    const bytes = new TextEncoder().encode("aé€🌳z");
    let out = "";
    for (const byte of bytes) out += decoder.decode(Uint8Array.of(byte), { stream: true });
    return [
      out + decoder.decode(),
      decoder.decode(Uint8Array.of(0xe2, 0x82), { stream: true }),
      decoder.decode(),
    ];
  },
  decode_strictly: () => {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    return [[0x61], [0xff], [0xe2, 0x82]].map((bytes) => {
      try {
        return decoder.decode(new Uint8Array(bytes));
      } catch (error) {
        return (error as Error).name;
      }
    });
  },
  decode_others: () => [
    new TextDecoder("utf-16le").decode(Uint8Array.of(0x61, 0, 0xac, 0x20)),
    new TextDecoder("latin1").decode(Uint8Array.of(0x80, 0xe9)),
    new TextDecoder("utf-16le").encoding,
    new TextDecoder("UTF8").encoding,
  ],
  decode_unknown: () => {
    try {
      return new TextDecoder("klingon").encoding;
    } catch (error) {
      return (error as Error).name;
    }
  },
  decode_a_view: () => {
    const buffer = new TextEncoder().encode("hello world").buffer;
    return [new TextDecoder().decode(new DataView(buffer, 6, 5)), new TextDecoder().decode(buffer)];
  },
  text_streams: async () => {
    const pieces: string[] = [];
    const stream = ReadableStream.from(["a€", "🌳", "é"])
      .pipeThrough(new TextEncoderStream())
      .pipeThrough(new TextDecoderStream());
    for await (const piece of stream) pieces.push(piece);
    return pieces.join("");
  },
  base64: () =>
    ["", "a", "ab", "abc", "\xff\x00\x10", "hello world", "\x00".repeat(10_000)].map((text) => [
      btoa(text),
      atob(btoa(text)) === text,
    ]),
  base64_errors: () =>
    [
      () => btoa("€"),
      () => atob("a"),
      () => atob("a b c*"),
      () => atob("YQ"),
      () => atob(" Y Q = = "),
      () => atob("YQ="),
      () => atob("=YQ="),
      () => atob("YQ=\u0100"),
    ].map((f) => {
      try {
        return f();
      } catch (error) {
        return [(error as Error).name, (error as DOMException).code, error instanceof DOMException];
      }
    }),
};
