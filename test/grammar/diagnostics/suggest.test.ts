import { describe, expect, it } from "vitest";
import { didYouMean, suggest } from "../../../grammar/diagnostics/suggest.ts";

describe("the name that was probably meant", () => {
  it.each([
    ["recovr", ["create", "delete", "recover"], "recover"],
    ["recvoer", ["create", "recover"], "recover"], // neighbours swapped
    ["IMAGE", ["size", "image"], "image"],
    ["a", ["b", "xyz"], "b"],
    ["sise", ["side", "size"], "side"], // the first of equals
    ["sizes", ["sizable", "size"], "size"], // the nearest, wherever it stands
  ])("%s among %j is %s", (name, names, expected) => {
    expect(suggest(name, names)).toBe(expected);
  });

  it.each([
    ["image", ["memory", "restart"]],
    ["image", ["image"]], // the same name is no suggestion
    ["abc", ["xyc"]], // two of three letters
    ["", ["ab"]],
    ["anything", []],
  ])("%j among %j is none", (name, names) => {
    expect(suggest(name, names)).toBeUndefined();
    expect(didYouMean(name, names)).toBeUndefined();
  });

  it("is asked as a question", () => {
    expect(didYouMean("coutn", ["count"])).toBe('did you mean "count"?');
  });
});
