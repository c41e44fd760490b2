/** Web streams. */
export const streams: Readonly<Record<string, () => unknown>> = {
  read_all: async () => {
    const seen: number[] = [];
    let n = 0;
    const stream = new ReadableStream<number>({
      pull(controller) {
        if (n === 5) controller.close();
        else controller.enqueue(n++);
      },
    });
    for await (const piece of stream) seen.push(piece);
    return [seen, stream.locked];
  },
  pipe: async () => {
    const seen: string[] = [];
    const double = new TransformStream<number, string>({
      transform: (piece, controller) => controller.enqueue(`${piece}${piece}`),
      flush: (controller) => controller.enqueue("end"),
    });
    const sink = new WritableStream<string>({
      write: (piece) => void seen.push(piece),
      close: () => void seen.push("closed"),
    });
    await ReadableStream.from([1, 2]).pipeThrough(double).pipeTo(sink);
    return seen;
  },
  tee: async () => {
    const [a, b] = ReadableStream.from(["x", "y"]).tee();
    const all = async (s: ReadableStream<string>) => {
      const seen: string[] = [];
      for await (const piece of s) seen.push(piece);
      return seen;
    };
    return Promise.all([all(a), all(b)]);
  },
  back_pressure: async () => {
    let pulled = 0;
    const stream = new ReadableStream<number>(
      {
        pull(controller) {
          controller.enqueue(pulled++);
        },
      },
      { highWaterMark: 2 },
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    const before = pulled;
    const reader = stream.getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 5));
    return [before, pulled];
  },
  errors: async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new RangeError("broken")) });
    const cancelled: unknown[] = [];
    const endless = new ReadableStream({ cancel: (reason) => void cancelled.push(reason) });
    await endless.cancel("enough");
    const locked = new ReadableStream();
    locked.getReader();
    return [
      await broken
        .getReader()
        .read()
        .catch((error: Error) => error.message),
      cancelled,
      await locked.cancel().catch((error: Error) => error.name),
    ];
  },
  aborted_pipe: async () => {
    const controller = new AbortController();
    let pulls = 0;
    const endless = new ReadableStream<number>({
      async pull(c) {
        pulls += 1;
        if (pulls === 3) controller.abort();
        else c.enqueue(pulls);
      },
    });
    return endless.pipeTo(new WritableStream(), { signal: controller.signal }).then(
      () => "done",
      (error: Error) => [error.name, error instanceof DOMException],
    );
  },
  byob: async () => {
    const stream = new ReadableStream({
      type: "bytes",
      pull(controller) {
        controller.enqueue(Uint8Array.of(1, 2, 3, 4));
        controller.close();
      },
    });
    const reader = stream.getReader({ mode: "byob" });
    const first = await reader.read(new Uint8Array(3));
    const second = await reader.read(new Uint8Array(3));
    return [[...(first.value ?? [])], [...(second.value ?? [])], first.done];
  },
  blob_byob: async () => {
    const reader = new Blob(["hello"]).stream().getReader({ mode: "byob" });
    const seen: number[] = [];
    for (;;) {
      const { value, done } = await reader.read(new Uint8Array(2));
      if (done) return seen;
      seen.push(...value);
    }
  },
  writer: async () => {
    const seen: number[] = [];
    const writer = new WritableStream<number>(
      { write: (piece) => void seen.push(piece) },
      new CountQueuingStrategy({ highWaterMark: 3 }),
    ).getWriter();
    const size = writer.desiredSize;
    await writer.ready;
    await writer.write(1);
    await writer.close();
    return [size, seen, await writer.write(2).catch((error: Error) => error.name)];
  },
  strategies: () => [
    new ByteLengthQueuingStrategy({ highWaterMark: 9 }).size(new Uint8Array(7)),
    new CountQueuingStrategy({ highWaterMark: 9 }).highWaterMark,
  ],
  tags: () =>
    [
      new ReadableStream(),
      new WritableStream(),
      new TransformStream(),
      new Blob([]),
      new Headers(),
      new FormData(),
      new URLSearchParams(),
      new AbortController(),
      new Response(),
      new Event("x"),
    ].map((value) => Object.prototype.toString.call(value)),
};
