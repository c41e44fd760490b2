import { defineDriver } from "../../plugins/sdk/sdk.ts";

export default defineDriver({
  contract: 1,
  functions: {
    async echo(_host, call) {
      return { payload: call.arguments["payload"] ?? "" };
    },
    async ask_and_echo(host, call) {
      await host.state.get("payload");
      return { payload: call.arguments["payload"] ?? "" };
    },
  },
});
