import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { root } from "../support/run-coppice.ts";

const page = readFileSync(path.join(root, "docs/editors.md"), "utf8");
const blocks = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = "", text = ""]) => ({
  language,
  text,
}));

it.each(["lua", "toml", "elisp"])("the set-up in %s starts the language server", (language) => {
  const [block] = blocks.filter((each) => each.language === language);
  const words: readonly string[] = (block?.text ?? "").match(/"[^"]*"/g) ?? [];
  const at = words.indexOf('"language-server"');
  expect(words.slice(at, at + 2)).toEqual(['"language-server"', '"--stdio"']);
  expect(words).toContain('"coppice"');
  for (const [open, close] of ["()", "[]", "{}"]) {
    const count = (bracket = "") => (block?.text ?? "").split(bracket).length;
    expect(count(open), `${open} in ${language}`).toBe(count(close));
  }
});

it("the commands of VS Code's set-up are scripts of the extension", () => {
  const { scripts, version } = JSON.parse(
    readFileSync(path.join(root, "editors/vscode/package.json"), "utf8"),
  );
  const [block] = blocks.filter(({ language }) => language === "sh");
  const named = [...(block?.text ?? "").matchAll(/^npm .* run (\w+)/gm)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  expect(block?.text).toContain(`coppice-${version}.vsix`);
});

it.each([["language-server"], ["lsp"]])("a clone's launcher answers as %s --stdio", async (name) => {
  const child = spawn(path.join(root, "coppice"), [name, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill());
  const rpc = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  rpc.listen();
  const answer = await rpc.sendRequest<{ serverInfo: { name: string } }>("initialize", {
    processId: null,
    rootUri: null,
    capabilities: {},
  });
  expect(answer.serverInfo.name).toBe("coppice");
  await rpc.sendRequest("shutdown");
  const ended = new Promise((resolve) => child.on("exit", resolve));
  await rpc.sendNotification("exit");
  expect(await ended).toBe(0);
  rpc.dispose();
});
