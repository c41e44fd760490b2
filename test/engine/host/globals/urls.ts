/** Addresses and their parameters. Each program runs inside of a guest and on Node's own globals. */
export const urls: Readonly<Record<string, () => unknown>> = {
  url_parts: () => {
    const u = new URL("../b/c?x=1&y=ü#h", "https://User:pw@Example.COM:8443/a/d/");
    return [
      u.href,
      u.origin,
      u.protocol,
      u.username,
      u.password,
      u.host,
      u.hostname,
      u.port,
      u.pathname,
      u.search,
      u.hash,
      `${u}`,
      JSON.stringify({ u }),
      Object.prototype.toString.call(u),
    ];
  },
  url_hosts: () =>
    [
      "http://0x7f.1/",
      "http://2130706433/",
      "http://[::ffff:7f00:1]/",
      "http://bücher.example/",
      "http://a%2eb/",
    ].map((text) => new URL(text).hostname),
  url_changes: () => {
    const u = new URL("http://a/b");
    u.pathname = "/c d";
    u.port = "81";
    u.searchParams.append("q", "a&b=ü ~*!'()");
    u.hash = "z";
    const before = u.href;
    u.search = "?k=1";
    return [before, u.href, u.searchParams.get("k"), u.searchParams.size];
  },
  url_keeps_its_parameters: () => {
    const u = new URL("http://a/?x=1");
    const params = u.searchParams;
    u.search = "?y=2";
    const first = [...params];
    u.href = "http://b/?z=3";
    params.append("w", "4");
    return [first, [...params], u.href, params === u.searchParams];
  },
  url_errors: () =>
    ["", "nonsense", "http://", "http://a:99999/", "//x"].map((text) => {
      try {
        return new URL(text).href;
      } catch (error) {
        return [(error as Error).name, error instanceof TypeError];
      }
    }),
  url_ignores_bad_parts: () => {
    const u = new URL("http://a:80/b");
    u.port = "nonsense";
    u.protocol = "mailto";
    u.hostname = "";
    return u.href;
  },
  url_can_parse: () => [
    URL.canParse("http://a"),
    URL.canParse("x"),
    URL.canParse("x", "http://a"),
    URL.parse("x"),
    URL.parse("x", "http://a")?.href,
  ],
  params: () => {
    const p = new URLSearchParams("?a=1&b=2&a=3&empty&=x&p=%41+%zz");
    p.set("b", "4");
    p.append("c d", "é");
    p.delete("empty");
    const all = [...p, p.getAll("a"), p.has("zz"), p.toString()];
    p.sort();
    return [
      ...all,
      p.toString(),
      [...new URLSearchParams({ x: "1" })],
      [...new URLSearchParams([["y", "2"]])],
    ];
  },
  params_with_values: () => {
    const p = new URLSearchParams("a=1&a=2&b=3");
    p.delete("a", "2");
    return [p.has("a", "1"), p.has("a", "2"), p.toString(), [...p.keys()], [...p.values()]];
  },
  params_changed_while_read: () => {
    const p = new URLSearchParams("a=1&b=2");
    const seen: string[] = [];
    for (const [k] of p) {
      seen.push(k);
      if (k === "a") p.append("c", "3");
    }
    return seen;
  },
  params_lone_surrogates: () => new URLSearchParams([["\ud800", "a\udfff"]]).toString(),
  params_from_pairs_of_one: () => {
    try {
      return [...new URLSearchParams([["a"]] as unknown as [string, string][])];
    } catch (error) {
      return (error as Error).name;
    }
  },
};
