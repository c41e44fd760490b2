/** Headers, requests, responses, blobs and forms. */
export const bodies: Readonly<Record<string, () => unknown>> = {
  headers: () => {
    const h = new Headers({ "X-A": "1" });
    h.append("x-a", "2");
    h.set("B", " 3 ");
    h.delete("c");
    h.append("Set-Cookie", "a=1");
    h.append("set-cookie", "b=2");
    return [
      h.get("X-a"),
      h.has("b"),
      [...h],
      h.get("none"),
      h.getSetCookie(),
      [...h.keys()],
      [...new Headers(h)].length,
    ];
  },
  headers_refusals: () =>
    [
      () => new Headers({ "a b": "1" }),
      () => new Headers({ a: "1\n2" }),
      () => new Headers({ a: "€" }),
      () => new Headers([["a"]] as unknown as [string, string][]),
      () => new Headers().get(""),
    ].map((f) => {
      try {
        return f() === null;
      } catch (error) {
        return (error as Error).name;
      }
    }),
  response: async () => {
    const r = new Response('{"a":1}', { status: 201, headers: { a: "b" } });
    const json = await r.json();
    return [
      r.ok,
      r.status,
      r.headers.get("A"),
      r.headers.get("content-type"),
      json,
      r.bodyUsed,
      await r.text().catch((e: Error) => e.name),
    ];
  },
  response_kinds: async () => {
    const bytes = Uint8Array.of(104, 105, 255);
    const results: unknown[] = [];
    for (const body of [
      "hi",
      bytes,
      bytes.buffer,
      new Blob(["hi", bytes], { type: "Text/X" }),
      new URLSearchParams({ a: "b c" }),
      null,
      ReadableStream.from([Uint8Array.of(1), Uint8Array.of(2, 3)]),
    ]) {
      const r = new Response(body as ConstructorParameters<typeof Response>[0]);
      results.push([
        r.headers.get("content-type"),
        r.body === null,
        [...new Uint8Array(await r.arrayBuffer())],
        r.bodyUsed,
      ]);
    }
    return results;
  },
  response_statics: async () => [
    await Response.json({ a: 1 }).text(),
    Response.json(1).headers.get("content-type"),
    Response.redirect("http://a/b", 307).headers.get("location"),
    Response.error().status,
    Response.error().type,
  ],
  response_refusals: () =>
    [
      () => new Response(null, { status: 99 }),
      () => new Response("x", { status: 204 }),
      () => Response.json(undefined),
      () => Response.redirect("http://a", 200 as 302),
    ].map((f) => {
      try {
        return f().status;
      } catch (error) {
        return (error as Error).name;
      }
    }),
  response_clone: async () => {
    const r = new Response("text", { headers: { x: "y" } });
    const c = r.clone();
    const streamed = new Response(ReadableStream.from([Uint8Array.of(65), Uint8Array.of(66)]));
    const twin = streamed.clone();
    return [await r.text(), await c.text(), c.headers.get("x"), await streamed.text(), await twin.text()];
  },
  response_stream: async () => {
    const r = new Response("hello");
    const reader = (r.body as ReadableStream<Uint8Array>).getReader();
    const first = await reader.read();
    const second = await reader.read();
    return [
      new TextDecoder().decode(first.value),
      second.done,
      r.bodyUsed,
      await r.text().catch((e: Error) => e.name),
    ];
  },
  response_marks: async () => {
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d);
    return [
      await new Response(bytes).json(),
      await new Response("\ufeff{}").json(),
      await new Response(bytes).text(),
    ];
  },
  request: async () => {
    const r = new Request("http://a/b?c#d", { method: "post", body: "x", headers: { A: "1" } });
    const copy = new Request(r.clone(), { headers: { B: "2" } });
    return [
      r.method,
      r.url,
      [...r.headers],
      copy.method,
      [...copy.headers],
      await copy.text(),
      r.bodyUsed,
      await r.text(),
      r.redirect,
      r.signal.aborted,
      r.keepalive,
    ];
  },
  request_takes_over: async () => {
    const r = new Request("http://a/", { method: "PUT", body: "x" });
    const next = new Request(r);
    return [r.bodyUsed, await next.text(), next.headers.get("content-type")];
  },
  request_refusals: () =>
    [
      () => new Request("relative"),
      () => new Request("http://a", { body: "x" }),
      () => new Request("http://a", { method: "CONNECT" }),
      () => new Request("http://a", { method: "a b" }),
      () => new Request("http://u:p@a"),
    ].map((f) => {
      try {
        return f().url;
      } catch (error) {
        return (error as Error).name;
      }
    }),
  methods: () =>
    ["get", "Patch", "delete", "custom"].map((method) => new Request("http://a", { method }).method),
  blob: async () => {
    const b = new Blob(["aé", new Blob(["z"]), Uint8Array.of(33)], { type: "Text/PLAIN" });
    const part = b.slice(1, -1, "x/y");
    const streamed: number[] = [];
    for await (const piece of b.stream()) streamed.push(...piece);
    return [
      b.size,
      b.type,
      await b.text(),
      await part.text(),
      part.type,
      part.size,
      streamed,
      [...(await b.bytes())],
    ];
  },
  file: () => {
    const f = new File(["abc"], "a.txt", { type: "text/plain", lastModified: 5 });
    return [f.name, f.size, f.lastModified, f instanceof Blob, f.type];
  },
  form: () => {
    const form = new FormData();
    form.append("a", "1");
    form.append("a", 2 as unknown as string);
    form.append("f", new Blob(["x"]), "n.txt");
    form.append("b", new Blob(["x"]));
    form.set("a", "3");
    const value = (v: File | string | null) => (v instanceof File ? [v.name, v.size] : v);
    return [
      [...form].map(([k, v]) => [k, value(v)]),
      form.getAll("a"),
      form.has("z"),
      value(form.get("f")),
      form.get("z"),
    ];
  },
  form_there_and_back: async () => {
    const form = new FormData();
    form.append('na"me', "line\nbreak");
    form.append("file", new File([Uint8Array.of(0, 255, 13, 10)], "f.bin", { type: "x/y" }));
    const r = new Response(form);
    const type = String(r.headers.get("content-type")).replace(/boundary=.*/, "boundary");
    const back = await r.formData();
    const file = back.get("file") as File;
    return [type, back.get('na"me'), file.name, file.type, [...new Uint8Array(await file.arrayBuffer())]];
  },
  form_urlencoded: async () => [
    ...(await new Response(new URLSearchParams("a=1&b=c+d%21")).formData()),
    await new Response("x").formData().then(
      () => "read",
      (error: Error) => error.name,
    ),
  ],
};
