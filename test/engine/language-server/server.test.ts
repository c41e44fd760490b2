import { expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type {
  CodeAction,
  DocumentHighlight,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  MarkupContent,
  SemanticTokens,
  SignatureHelp,
  TextEdit,
  WorkspaceEdit,
  WorkspaceSymbol,
} from "vscode-languageserver";
import { legend } from "../../../engine/language-server/semantic-tokens.ts";
import type { Editor, OpenFile } from "./editor.ts";
import { prelude } from "./prelude.ts";
import { startEditor } from "./start-editor.ts";

/** Opens the prelude with `more` behind it; a `|` in `more` marks an offset. */
async function openWith(editor: Editor, more: string, name = "program.coppice") {
  const text = prelude + more;
  const file = await editor.open(name, text.replace("|", ""));
  return { file, at: text.indexOf("|") };
}

const codes = async (editor: Editor, file: OpenFile) =>
  (await editor.diagnostics(file)).map(({ code }) => code);

const lineOf = (file: OpenFile, line: number) => file.text.split("\n")[line]?.trim();

it("says what is wrong while someone types, change by change", async () => {
  const editor = startEditor();
  const { file } = await openWith(editor, 'action a() {\n  emit "x"\n}\n');
  expect(await codes(editor, file)).toEqual([]);
  await editor.insert(file, file.text.indexOf('  emit "x"'), "  storefront.rezise(2)\n");
  const [diagnostic, ...rest] = await editor.diagnostics(file);
  expect(rest).toEqual([]);
  expect(diagnostic).toMatchObject({ code: "unknown-operation", severity: 1, source: "coppice" });
  expect(diagnostic?.message).toContain('did you mean "resize"?');
  expect(diagnostic?.codeDescription?.href).toMatch(/docs\/errors\.md#unknown-operation$/);
  expect(editor.textIn(file, diagnostic!.range)).toBe("rezise");
  await editor.change(file, diagnostic!.range, "resize");
  expect(await codes(editor, file)).toEqual([]);
});

it("keeps up with many small changes, and tells only of what is there at last", async () => {
  const editor = startEditor();
  const { file } = await openWith(editor, "");
  const line = "action typed(t: Tier) {\n  match t {\n    small => { }\n    large => { }\n  }\n}\n";
  for (const letter of line) await editor.insert(file, file.text.length, letter);
  expect(await codes(editor, file)).toEqual([]);
  await editor.change(file, editor.range(file, "    large => { }\n"), "");
  expect(await codes(editor, file)).toEqual(["not-exhaustive"]);
});

it("clears what it said of a document that is closed", async () => {
  const editor = startEditor();
  const { file } = await openWith(editor, "action a() { b() }\n");
  expect(await codes(editor, file)).toEqual(["unknown-action"]);
  await editor.close(file);
  const again = await editor.open("program.coppice", prelude);
  expect(await codes(editor, again)).toEqual([]);
});

it("points at second places, also in other files", async () => {
  const editor = startEditor();
  editor.write("library.coppice", "enum Size2 { a }\nenum Tier { small }\n");
  const file = await editor.open("program.coppice", 'import "./library.coppice"\nenum Tier { small }\n');
  const found = await editor.diagnostics(file);
  const duplicate = found.find(({ code }) => code === "duplicate-name");
  const [note] = duplicate?.relatedInformation ?? [];
  expect(note?.location.uri).toBe(editor.uri("library.coppice"));
  expect(note?.location.range.start).toEqual({ line: 1, character: 5 });
});

it("checks a program again when a file that it imports is changed in the editor", async () => {
  const editor = startEditor();
  editor.write("library.coppice", "enum Shade { red }\n");
  const program = await editor.open(
    "program.coppice",
    'import "./library.coppice"\naction a(s: Shade) -> Bool {\n  return s == Shade.red\n}\n',
  );
  expect(await codes(editor, program)).toEqual([]);
  const library = await editor.open("library.coppice", "enum Shade { red }\n");
  await editor.nextDiagnostics(program);
  const told = editor.nextDiagnostics(program);
  await editor.change(library, editor.range(library, "red"), "blue");
  expect((await told).map(({ code }) => code)).toEqual(["unknown-field"]);
});

it("shows declarations, docs and types under the pointer", async () => {
  const editor = startEditor();
  const hover = async (more: string) => {
    const { file, at } = await openWith(editor, more, `h${more.length}.coppice`);
    const found = await editor.at<Hover | null>("hover", file, at);
    await editor.close(file);
    return found === null ? null : (found.contents as MarkupContent).value;
  };
  const roll = await hover('action a() { ro|ll(storefront, image: "x") }');
  expect(roll).toContain(
    "```coppice\naction roll(cluster: Cluster<fake.server>, image: String, at_once: Int = 2) -> Report\n```" +
      "\n\nReplaces the image on every node.",
  );
  expect(roll).toMatch(/With the largest clusters allowed, a run needs\n- at most \d+ history events/);
  expect(await hover('profile api = fake.server { image: "x" mem|ory: 1GiB }')).toContain(
    "memory: Size = 256MiB\n```\n\nAt least `1MiB`.",
  );
  expect(await hover('action a(n: Node<fake.server>) { n.up|date(image: "x") }')).toContain(
    "Node<fake.server>.update(",
  );
  expect(await hover("action a(n: Node<fake.server>) -> Bool { return n.heal|thy }")).toContain(
    "Node.healthy: Bool",
  );
  expect(await hover("action a(c: Cluster) -> Int { return c.nodes.co|unt() }")).toContain("List<T>.count(");
  expect(await hover("action a() { storefront.res|ize(3) }")).toContain(
    "action CLUSTER_RESIZE(cluster: Cluster, size: Int?, ",
  );
  expect(await hover('action a(c: Cluster) { let fi|rst = c.nodes.first() emit "{first}" }')).toContain(
    "let first: Node?",
  );
  expect(await hover("action a(t: Ti|er) -> Bool { return t == small }")).toContain(
    "enum Tier { small, large }",
  );
  expect(await hover("action a() { wa|it 5m }")).toContain("waits for a time");
  expect(await hover("action a() { wait 5|m }")).toContain("Duration");
  expect(await hover('policy p { before resize { deny "x" when requ|est.size > 3 } }')).toContain(
    "request: { action: String",
  );
  expect(await hover('action a() { fail "no wa|it here" }')).toBeNull();
});

it("goes to where a name is declared: here, in an imported file, a plugin, the built-in actions", async () => {
  const editor = startEditor();
  editor.write("library.coppice", "/// Says hello.\naction hello(to: String) {\n  emit to\n}\n");
  const definition = async (more: string) => {
    const { file, at } = await openWith(
      editor,
      `import "./library.coppice"\n${more}`,
      `d${more.length}.coppice`,
    );
    const found = await editor.at<Location | null>("definition", file, at);
    if (found === null) return null;
    const [line] = file.text.split("\n").slice(found.range.start.line);
    const here = found.uri === file.uri ? line?.slice(found.range.start.character) : "";
    await editor.close(file);
    return { file: found.uri === file.uri ? "here" : found.uri.split("/").slice(-2).join("/"), here };
  };
  expect(await definition('action a() { ro|ll(storefront, image: "x") }')).toMatchObject({
    file: "here",
    here: expect.stringMatching(/^roll\(cluster/),
  });
  expect((await definition('action a() { hel|lo("x") }'))?.file).toMatch(/library\.coppice$/);
  expect((await definition("action a() { storefront.res|ize(3) }"))?.file).toBe(
    "library/cluster-resize.coppice",
  );
  expect((await definition('profile p = fake.server { image: "x" me|mory: 1GiB }'))?.file).toBe(
    "fake/plugin.json",
  );
  expect((await definition('action a() { she|ll.run(command: "/bin/sh") }'))?.here).toMatch(/^shell from/);
  expect(await definition('action a() { fail "st|orefront" }')).toBeNull();
});

it("finds every use of a name, in all files that know it", async () => {
  const editor = startEditor();
  editor.write("library.coppice", 'enum Shade { red, blue }\naction paint(s: Shade) {\n  emit "{s}"\n}\n');
  editor.write("other.coppice", 'import "./library.coppice"\naction b() {\n  paint(Shade.red)\n}\n');
  editor.write("stranger.coppice", "enum Shade { red }\n");
  const file = await editor.open(
    "program.coppice",
    'import "./library.coppice"\naction a(s: Shade) {\n  if s == Shade.red {\n    paint(red)\n  }\n}\n',
  );
  const at = file.text.indexOf("Shade.red");
  const found = await editor.at<Location[]>("references", file, at, {
    context: { includeDeclaration: true },
  });
  expect(found.map(({ uri, range }) => `${uri.split("/").at(-1)}:${range.start.line + 1}`).sort()).toEqual([
    "library.coppice:1",
    "library.coppice:2",
    "other.coppice:3",
    "program.coppice:2",
    "program.coppice:3",
  ]);
  const uses = await editor.at<Location[]>("references", file, at, {
    context: { includeDeclaration: false },
  });
  expect(uses).toHaveLength(4);
});

it("renames in every file, and refuses what would clash", async () => {
  const editor = startEditor();
  editor.write("library.coppice", 'action paint(shade: String) {\n  emit "{shade}"\n}\n');
  editor.write("other.coppice", 'import "./library.coppice"\naction b() {\n  paint(shade: "red")\n}\n');
  const library = await editor.open("library.coppice", editor.read("library.coppice"));
  const at = library.text.indexOf("shade");
  const edit = await editor.at<WorkspaceEdit>("rename", library, at, { newName: "colour" });
  const files = Object.entries(edit.changes ?? {}).map(([uri, edits]) => [
    uri.split("/").at(-1),
    edits.length,
  ]);
  expect(Object.fromEntries(files)).toEqual({ "library.coppice": 2, "other.coppice": 1 });
  await editor.apply(library, edit.changes?.[library.uri] ?? []);
  expect(library.text).toBe('action paint(colour: String) {\n  emit "{colour}"\n}\n');
  expect(await codes(editor, library)).toEqual([]);

  const { file } = await openWith(editor, "", "clash.coppice");
  const rename = (name: string, newName: string) =>
    editor.at<WorkspaceEdit>("rename", file, file.text.indexOf(name), { newName });
  await expect(rename("image: String", "at_once")).rejects.toThrow(/would be a mistake/);
  await expect(rename("image: String", "cluster")).rejects.toThrow(/would be a mistake/);
  await expect(rename("image: String", "for")).rejects.toThrow(/is a word of the language/);
  await expect(rename("image: String", "two words")).rejects.toThrow(/is no name/);
  await expect(rename("remaining", "left")).rejects.toThrow(/can't be renamed|declares/);
  const fine = await rename("old = node", "before");
  expect(fine.changes?.[file.uri]).toHaveLength(2);
  expect(await editor.at("prepareRename", file, file.text.indexOf("old = node"))).toMatchObject({
    placeholder: "old",
  });
});

it("marks the uses of the name under the cursor", async () => {
  const editor = startEditor();
  const { file } = await openWith(editor, "");
  const found = await editor.at<DocumentHighlight[]>(
    "documentHighlight",
    file,
    file.text.indexOf("old = node"),
  );
  expect(found.map(({ range }) => lineOf(file, range.start.line))).toEqual([
    "let old = node.profile.image",
    "node.update(image: image) undo node.update(image: old)",
  ]);
  expect(found.map(({ kind }) => kind)).toEqual([3, 2]);
});

it("mends a mistake by its code action", async () => {
  const editor = startEditor();
  const { file } = await openWith(
    editor,
    "action a(t: Tier) {\n  match t {\n    small => { }\n  }\n  let unused = 1\n}\n",
  );
  const found = await editor.diagnostics(file);
  expect(found.map(({ code }) => code).sort()).toEqual(["not-exhaustive", "unused"]);
  for (const diagnostic of found) {
    const present = (await editor.diagnostics(file)).find(({ code }) => code === diagnostic.code);
    const actions = await editor.ask<CodeAction[]>("codeAction", file, {
      range: present?.range,
      context: { diagnostics: [present], only: ["quickfix"] },
    });
    const [action] = actions.filter((each) => each.diagnostics?.[0]?.code === diagnostic.code);
    expect(action, String(diagnostic.code)).toMatchObject({ kind: "quickfix", isPreferred: true });
    await editor.apply(file, action?.edit?.changes?.[file.uri] ?? []);
  }
  expect(await codes(editor, file)).toEqual([]);
});

it("mends all at once", async () => {
  const editor = startEditor();
  const file = await editor.open(
    "habits.coppice",
    "enum Tier { a }\naction a(t: Tier) -> Bool {\n  return t === Tier.a && true\n}\n",
  );
  const actions = await editor.ask<CodeAction[]>("codeAction", file, {
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    context: { diagnostics: [], only: ["source.fixAll"] },
  });
  expect(actions).toHaveLength(1);
  await editor.apply(file, actions[0]?.edit?.changes?.[file.uri] ?? []);
  expect(file.text).toContain("return t == Tier.a and true");
});

it("formats a document, and leaves one with errors alone", async () => {
  const editor = startEditor();
  const file = await editor.open(
    "ugly.coppice",
    "enum   Tier {small,large}\n\n\n\naction a( ){\nwait 5s // long\n      wait 6s}\n",
  );
  await editor.apply(file, await editor.ask<TextEdit[]>("formatting", file, { options: {} }));
  expect(file.text).toBe("enum Tier { small, large }\n\naction a() {\n  wait 5s // long\n  wait 6s\n}\n");
  expect(await editor.ask<TextEdit[]>("formatting", file, { options: {} })).toEqual([]);
  await editor.insert(file, 0, "action (");
  expect(await editor.ask<TextEdit[]>("formatting", file, { options: {} })).toEqual([]);
});

it("formats a range of lines and nothing else", async () => {
  const editor = startEditor();
  const file = await editor.open("part.coppice", "enum  A { a }\n\nenum  B { b }\n\nenum  C { c }\n");
  const line = { start: { line: 2, character: 0 }, end: { line: 2, character: 5 } };
  await editor.apply(
    file,
    await editor.ask<TextEdit[]>("rangeFormatting", file, { range: line, options: {} }),
  );
  expect(file.text).toBe("enum  A { a }\n\nenum B { b }\n\nenum  C { c }\n");
});

it("outlines a program, folds it, and finds its names in the workspace", async () => {
  const editor = startEditor();
  editor.write("elsewhere.coppice", "action far_away() {\n  wait 1s\n}\n");
  const { file } = await openWith(
    editor,
    'every "18:00" {\n  storefront.check()\n}\ntest "it rolls" {\n  run roll(storefront, image: "x")\n}\n',
  );
  const symbols = await editor.ask<DocumentSymbol[]>("documentSymbol", file);
  expect(symbols.map(({ name, children }) => [name, ...(children ?? []).map((child) => child.name)])).toEqual(
    [
      ["fake"],
      ["shell"],
      ["web", "image"],
      ["storefront", "profile", "size", "policies"],
      ["Tier", "small", "large"],
      ["Report", "changed", "names"],
      ["grade"],
      ["careful", "before resize"],
      ["roll"],
      ['every "18:00"'],
      ['"it rolls"'],
    ],
  );
  const folds = await editor.ask<FoldingRange[]>("foldingRange", file);
  const lines = file.text.split("\n");
  expect(
    folds.map(({ startLine, endLine }) => `${lines[startLine]?.trim()} … ${lines[endLine + 1]?.trim()}`),
  ).toContain("for node in cluster.nodes batch at_once { … }");
  const found = await editor.rpc.sendRequest<WorkspaceSymbol[]>("workspace/symbol", { query: "fraw" });
  expect(found.map(({ name }) => name)).toEqual(["far_away"]);
});

it("helps with the arguments of a call", async () => {
  const editor = startEditor();
  const help = async (more: string) => {
    const { file, at } = await openWith(editor, more, `s${more.length}.coppice`);
    const found = await editor.at<SignatureHelp | null>("signatureHelp", file, at);
    await editor.close(file);
    const active = found?.signatures[0]?.parameters?.[found.activeParameter ?? -1]?.label;
    return found === null ? null : [found.signatures[0]?.label.split("(")[0], active];
  };
  expect(await help("action a() { roll(storefront, |) }")).toEqual(["roll", "image: String"]);
  expect(await help('action a() { roll(storefront, at_once: |, image: "x") }')).toEqual([
    "roll",
    "at_once: Int = 2",
  ]);
  expect(await help("action a() { storefront.resize(|) }")).toEqual(["resize", "size: Int?"]);
  expect(await help("action a(c: Cluster) -> Int { return c.nodes.count(|) }")).toEqual([
    "count",
    "where?: T => Bool",
  ]);
  expect(await help("action a() { storefront.resize(3) | }")).toBeNull();
});

it("shows types that nobody wrote and names of positional arguments", async () => {
  const editor = startEditor();
  const { file } = await openWith(
    editor,
    'action a() {\n  let first = storefront.nodes.first()\n  roll(storefront, "x")\n  emit "{first}"\n}\n',
  );
  const whole = { start: { line: 0, character: 0 }, end: editor.position(file, file.text.length) };
  const hints = await editor.ask<InlayHint[]>("inlayHint", file, { range: whole });
  expect(hints.map(({ position, label }) => `${lineOf(file, position.line)} ${label}`)).toEqual([
    "for node in cluster.nodes batch at_once { : Node<fake.server>",
    "let old = node.profile.image : String",
    "let first = storefront.nodes.first() : Node<fake.server>?",
    'roll(storefront, "x") cluster:',
    'roll(storefront, "x") image:',
  ]);
});

it("colours every word by what it means", async () => {
  const editor = startEditor();
  const file = await editor.open(
    "words.coppice",
    '// why\naction batch(limit: Int) {\n  let test = limit + 1\n  for run in [test] batch limit {\n    emit "a {run} b"\n  }\n}\n',
  );
  const { data } = await editor.ask<SemanticTokens>("semanticTokens/full", file);
  expect(tokensOf(file.text, data)).toEqual([
    "// why comment",
    "action keyword",
    "batch function",
    "limit parameter",
    "Int type",
    "let keyword",
    "test variable",
    "limit parameter",
    "+ operator",
    "1 number",
    "for keyword",
    "run variable",
    "in keyword",
    "test variable",
    "batch keyword",
    "limit parameter",
    "emit keyword",
    '"a { string',
    "run variable",
    '} b" string',
  ]);
});

function tokensOf(text: string, data: readonly number[]): string[] {
  const lines = text.split("\n");
  const found: string[] = [];
  let line = 0;
  let character = 0;
  for (let at = 0; at < data.length; at += 5) {
    const [down = 0, right = 0, length = 0, type = 0] = data.slice(at, at + 4);
    line += down;
    character = down === 0 ? character + right : right;
    found.push(`${lines[line]?.slice(character, character + length)} ${legend.tokenTypes[type]}`);
  }
  return found;
}

it("survives wrong requests, unknown documents and cancellations", async () => {
  const editor = startEditor();
  const { file } = await openWith(editor, "");
  await expect(editor.rpc.sendRequest("textDocument/nonsense", {})).rejects.toThrow(/Unhandled method/);
  await expect(editor.rpc.sendRequest("textDocument/hover", { wrong: true })).rejects.toThrow();
  await expect(editor.rpc.sendRequest("textDocument/completion", null)).rejects.toThrow();
  const stranger = { ...file, uri: editor.uri("never-opened.coppice") };
  expect(await editor.at("hover", stranger, 0)).toBeNull();
  expect(await editor.at("completion", stranger, 0)).toEqual([]);
  const far = { textDocument: { uri: file.uri }, position: { line: 9_999, character: 9_999 } };
  expect(await editor.rpc.sendRequest("textDocument/hover", far)).toBeNull();
  const source = new CancellationTokenSource();
  const asked = editor.rpc.sendRequest(
    "textDocument/documentSymbol",
    { textDocument: { uri: file.uri } },
    source.token,
  );
  source.cancel();
  await expect(asked).rejects.toMatchObject({ code: -32800 });
  expect(await codes(editor, file)).toEqual([]);
  expect(await editor.quit()).toBe(0);
  expect(editor.errors).toEqual([]);
});

it("ends when the editor goes away without a word", async () => {
  const editor = startEditor();
  await editor.initialized;
  const ended = new Promise((resolve) => editor.process.on("exit", resolve));
  editor.rpc.dispose();
  editor.process.stdin?.end();
  expect(await ended).toBe(1);
});
