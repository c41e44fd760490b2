import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestApi, type TestApi, tokenOf } from "../../support/api.ts";

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

const ask = (url: string, headers: Record<string, string> = {}) =>
  api.app.inject({ method: "GET", url, headers: { host: "here:8778", ...headers } });

describe("discovery", () => {
  it("tells the one version with our microversions, at the address that the client used", async () => {
    const answer = await ask("/");
    expect(answer.statusCode).toBe(300);
    expect(answer.json().versions).toMatchObject([
      {
        id: "1.0",
        status: "CURRENT",
        min_version: "1.0",
        max_version: "1.15",
        links: [{ rel: "self", href: "http://here:8778/v1" }, { rel: "help" }],
      },
    ]);
    expect((await ask("/v1")).json().version.links[0].href).toBe("http://here:8778/v1/v1");
    expect((await ask("/v1.0")).json().version.links[0].href).toBe("http://here:8778/v1.0/v1");
  });

  it("takes the version from Accept where the path has none", async () => {
    const token = { "x-auth-token": tokenOf("ann") };
    const accept = (version: string) => ({ accept: `application/vnd.openstack.clustering-v${version}` });
    expect((await ask("/clusters", { ...token, ...accept("1") })).json()).toEqual({ clusters: [] });
    expect((await ask("/clusters", { ...token, ...accept("1.0") })).json()).toEqual({ clusters: [] });
    expect((await ask("/clusters", { ...token, ...accept("2") })).statusCode).toBe(404);
    expect((await ask("/clusters", token)).statusCode).toBe(300);
  });

  it("shows our build from 1.15 on", async () => {
    const headers = { "x-auth-token": tokenOf("ann"), "openstack-api-version": "clustering latest" };
    const { build_info: build } = (await ask("/v1/build-info", headers)).json();
    expect(build.api.revision).toMatch(/^\d+\.\d+\.\d+/);
    expect(build.api.revision).not.toBe("1.0");
  });

  it("tells unknown paths in our words from 1.15 on, and in the framework's before", async () => {
    const token = { "x-auth-token": tokenOf("ann") };
    const newest = await ask("/v1/nothing", { ...token, "openstack-api-version": "clustering latest" });
    expect(newest.json().error).toMatchObject({
      message: "there is no GET /v1/nothing",
      help: "see /openapi.json",
    });
    const old = await ask("/v1/nothing", { ...token, accept: "text/html" });
    expect(old.headers["content-type"]).toBe("text/html; charset=UTF-8");
    expect(old.body).toContain("<h1>404 Not Found</h1>");
  });

  it("writes no markup of the client's into its pages", async () => {
    const answer = await ask("/v1/build-info", {
      accept: "text/html",
      "openstack-api-version": "clustering <script>",
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain("&#x27;&lt;script&gt;&#x27;");
    expect(answer.body).not.toContain("<script>");
  });
});
