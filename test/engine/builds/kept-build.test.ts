import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { hashSources } from "../../../engine/builds/hash-sources.ts";
import { keptBuild } from "../../../engine/builds/kept-build.ts";

const root = path.join(import.meta.dirname, "../../..");
mkdirSync(path.join(root, ".cache"), { recursive: true });
const folder = path.relative(root, mkdtempSync(path.join(root, ".cache", "kept-build-test-")));
afterAll(() => rmSync(path.join(root, folder), { recursive: true }));

const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(root, folder, file)), { recursive: true });
  writeFileSync(path.join(root, folder, file), text);
};

it("builds once for each hash", () => {
  const place = (hash: string) => keptBuild(path.basename(folder), hash, "json");
  const built: string[] = [];
  const build = (text: string) => () => {
    built.push(text);
    return text;
  };
  expect(place("a").read()).toBeUndefined();
  expect(place("a").readOr(build("one"))).toBe("one");
  expect(place("a").readOr(build("two"))).toBe("one");
  expect(place("b").readOr(build("three"))).toBe("three");
  expect(built).toEqual(["one", "three"]);
});

it("builds each time where nothing can be kept", () => {
  write("a-file", "");
  const place = keptBuild(`${path.basename(folder)}/a-file`, "a", "json");
  expect(place.readOr(() => "one")).toBe("one");
  expect(place.readOr(() => "two")).toBe("two");
  expect(() => place.keep("three")).toThrow(/ENOTDIR|EEXIST/);
});

it("hashes what sources say and what they are called, at any depth, and the tools", () => {
  const hash = (...tools: string[]) => hashSources([folder], tools);
  write("deep/er/one.ts", "1");
  const first = hash();
  expect(hash()).toBe(first);
  write("deep/er/notes.txt", "no source");
  expect(hash()).toBe(first);
  const others = [hash("esbuild 1"), hash("esbuild 2")];
  write("deep/er/one.ts", "2");
  others.push(hash());
  write("deep/er/one.ts", "1");
  write("two.coppice", "");
  others.push(hash());
  expect(new Set([first, ...others]).size).toBe(5);
});
