import type { Api } from "../app.ts";

/** `GET /openapi.json`: this API as OpenAPI 3.1, made from the schemas that check the requests. No token needed. */
export function openapi(app: Api): void {
  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
}
