import { z } from "zod";
import { defineDriver } from "../../../../plugins/sdk/sdk.ts";

const Server = z
  .object({
    name: z.string().min(2),
    address: z.ipv4(),
    image: z.url().optional(),
    tags: z.array(z.enum(["web", "db"])).default([]),
  })
  .refine((server) => server.name !== "root", { message: "not this name", path: ["name"] });

/** What zod makes of a value, as JSON. */
export default defineDriver({
  contract: 1,
  functions: {
    async check(_host, call) {
      const result = await Server.safeParseAsync(call.arguments["value"]);
      if (result.success) return { ok: true, value: JSON.parse(JSON.stringify(result.data)) };
      return {
        ok: false,
        problems: result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
      };
    },
  },
});
