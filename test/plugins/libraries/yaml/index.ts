import { parse, parseDocument, stringify } from "yaml";
import { defineDriver } from "../../../../plugins/sdk/sdk.ts";

/** Anchors, comments and an error from the depths of the library. */
export default defineDriver({
  contract: 1,
  functions: {
    async read(_host, call) {
      return parse(String(call.arguments["text"]));
    },
    async rename(_host, call) {
      const document = parseDocument(String(call.arguments["text"]));
      document.setIn(["cluster", "name"], "renamed");
      return document.toString();
    },
    async stumble() {
      await null;
      const reviver = (_key: unknown, value: unknown) => {
        if (value === 13) throw new RangeError("thirteen is no size");
        return value;
      };
      return parse(stringify({ size: 13 }), reviver);
    },
  },
});
