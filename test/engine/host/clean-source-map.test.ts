import { expect, it } from "vitest";
import {
  cleanSourceMap,
  cleanSourceName,
  readInlineMap,
  withoutMap,
} from "../../../engine/host/clean-source-map.ts";

it.each([
  ["index.ts", "index.ts"],
  ["./lib/box.ts", "lib/box.ts"],
  ["coppice:sdk.ts", "coppice/sdk/sdk.ts"],
  ["node_modules/yaml/dist/index.js", "node_modules/yaml/dist/index.js"],
  ["../../home/ann/work/node_modules/yaml/index.js", "node_modules/yaml/index.js"],
  ["a/node_modules/b/node_modules/c/i.js", "node_modules/c/i.js"],
  ["../../home/ann/secret-project/src/box.ts", "…/src/box.ts"],
  ["/home/ann/box.ts", "…/ann/box.ts"],
  ["C:\\Users\\ann\\src\\box.ts", "…/src/box.ts"],
  ["webpack://lamps/./src/box.ts", "lamps/./src/box.ts"],
])("%s is shown as %s", (source, shown) => expect(cleanSourceName(source)).toBe(shown));

const bundleWith = (map: object) =>
  `code();\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}\n`;

it("keeps the text of the author's files only, and no root", () => {
  const cleaned = cleanSourceMap(
    bundleWith({
      version: 3,
      sourceRoot: "/home/ann",
      sources: ["index.ts", "node_modules/yaml/index.js", "coppice:sdk.ts", "../src/box.ts"],
      sourcesContent: ["own", "library", "sdk", "box"],
      names: [],
      mappings: "AAAA",
    }),
  );
  expect(JSON.parse(String(readInlineMap(cleaned)))).toEqual({
    version: 3,
    sources: ["index.ts", "node_modules/yaml/index.js", "coppice/sdk/sdk.ts", "…/src/box.ts"],
    sourcesContent: ["own", null, null, "box"],
    names: [],
    mappings: "AAAA",
  });
  expect(withoutMap(cleaned)).toBe("code();\n");
});

it("leaves a bundle without a map as it is, also one that only speaks of a map", () => {
  for (const bundle of ["code();\n", `${bundleWith({}).replace("code", "x")}more();\n`]) {
    expect(cleanSourceMap(bundle)).toBe(bundle);
    expect(withoutMap(bundle)).toBe(bundle);
  }
});
