import { expect, it } from "vitest";
import { readInputs } from "../../../engine/cli/read-inputs.ts";

const parameters = [
  { name: "cluster", type: "Cluster<fake.server>" },
  { name: "image", type: "String" },
  { name: "at_once", type: "Int" },
  { name: "names", type: "List<String>" },
  { name: "within", type: "Duration" },
];

it("reads each value as its parameter's type asks", () => {
  const inputs = readInputs(
    ["cluster=storefront", "image=27", "at_once=2", 'names=["a","b"]', "within=5m"],
    parameters,
  );
  expect(inputs).toEqual({ cluster: "storefront", image: "27", at_once: 2, names: ["a", "b"], within: "5m" });
});

it("keeps what comes after the first equals sign", () => {
  expect(readInputs(["image=a=b"], parameters)).toEqual({ image: "a=b" });
});

it("guesses without a description of the parameters", () => {
  expect(readInputs(["a=3", "b=true", "c=text", "d=80%"], null)).toEqual({
    a: 3,
    b: true,
    c: "text",
    d: "80%",
  });
});

it.each([
  [["image"], '"image" is not an argument'],
  [["=x"], '"=x" is not an argument'],
  [["image=a", "image=b"], "given twice"],
  [["imgae=a"], 'no parameter "imgae"'],
  [["constructor=a"], 'no parameter "constructor"'],
])("refuses %j", (args, says) => {
  expect(() => readInputs(args, parameters)).toThrow(says);
});

it("takes names that every object has for names", () => {
  const inputs = readInputs(["constructor=1", "__proto__=2"], null);
  expect(Object.entries(inputs)).toEqual([
    ["constructor", 1],
    ["__proto__", 2],
  ]);
});
