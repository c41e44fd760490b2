import createClient from "openapi-fetch";
import { defineDriver } from "../../../../plugins/sdk/sdk.ts";
import type { paths } from "./lamps.ts"; // written by openapi-typescript 7.13.0 from lamps.openapi.json

/** Asks for a lamp, switches it, and says what a middleware saw meanwhile. */
export default defineDriver({
  contract: 1,
  functions: {
    async switch_lamp(host, call) {
      const client = createClient<paths>({ baseUrl: String(host.settings["address"]) });
      const seen: string[] = [];
      client.use({
        onRequest: ({ request }) => {
          request.headers.set("x-caller", "coppice");
          seen.push(`${request.method} ${new URL(request.url).search}`);
        },
        onResponse: ({ response }) => void seen.push(`${response.status}`),
      });
      const params = { path: { id: String(call.arguments["id"]) } };
      const before = await client.GET("/lamps/{id}", { params: { ...params, query: { verbose: true } } });
      const after = await client.PUT("/lamps/{id}", { params, body: { colour: "green", watts: 5 } });
      return {
        before: before.data ?? null,
        problem: before.error?.title ?? null,
        after: after.data ?? null,
        seen,
      };
    },
  },
});
