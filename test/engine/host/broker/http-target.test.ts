import { describe, expect, it } from "vitest";
import { coversRequest } from "../../../../engine/host/broker/http-target.ts";

const covers = (written: string, request: string) => {
  const [method = "", url = ""] = request.split(" ");
  return coversRequest(written, { method, url: new URL(url) });
};

describe("what a target of allow http covers", () => {
  it.each([
    ["127.0.0.1:8080", "GET http://127.0.0.1:8080/", true],
    ["127.0.0.1:8080", "GET https://127.0.0.1:8080/", true],
    ["127.0.0.1:8080", "GET http://127.0.0.1:8081/", false],
    ["https://api.example.com", "GET https://api.example.com/", true],
    ["https://api.example.com", "GET http://api.example.com:443/", false],
    ["api.example.com", "GET https://api.example.com/x", true],
    ["api.example.com", "GET http://api.example.com/", false],
    ["api.example.com:80", "GET http://api.example.com/", true],
    ["http://api.example.com", "GET http://api.example.com/", true],
    ["API.example.com", "GET https://api.example.com/", true],
    ["example.com", "GET https://api.example.com/", false],
    ["[::1]:8080", "GET http://[::1]:8080/", true],
    ["2130706433:80", "GET http://127.0.0.1/", true],
    ["", "GET https://api.example.com/", false],
    ["user@api.example.com", "GET https://api.example.com/", false],
    ["get api.example.com", "GET https://api.example.com/", false],
  ])("host and port: %s, %s: %s", (written, request, expected) =>
    expect(covers(written, request)).toBe(expected),
  );

  it.each([
    ["GET api.example.com", "GET https://api.example.com/a", true],
    ["GET api.example.com", "POST https://api.example.com/a", false],
    ["GET,HEAD api.example.com", "HEAD https://api.example.com/a", true],
    ["GET api.example.com/v1/*", "GET https://api.example.com/v1/things?x=1", true],
    ["GET api.example.com/v1/*", "GET https://api.example.com/v1/", true],
    ["GET api.example.com/v1/*", "GET https://api.example.com/v1", false],
    ["GET api.example.com/v1/*", "GET https://api.example.com/v10/things", false],
    ["api.example.com/v1/status", "GET https://api.example.com/v1/status", true],
    ["api.example.com/v1/status", "GET https://api.example.com/v1/status/more", false],
    ["api.example.com/v1/*/status", "GET https://api.example.com/v1/a/status", true],
    ["api.example.com/v1/*/status", "GET https://api.example.com/v1/a/b/status", false],
    ["api.example.com/v1/*/status", "GET https://api.example.com/v1/a/delete", false],
    ["api.example.com/", "GET https://api.example.com/anything", true],
  ])("methods and paths: %s, %s: %s", (written, request, expected) =>
    expect(covers(written, request)).toBe(expected),
  );

  it.each([
    "/v1/../admin",
    "/v1/%2e%2e/admin",
    "/v1/..%2fadmin",
    "/v1/..%5cadmin",
    "/v1/%252e%252e%252fadmin",
    "/v1/..;/admin",
    "/v1//admin",
    "/v1/a%00b",
    "/v1/%E0%A4%A",
    "/v1/%2e%2e%2f",
  ])("no path that a server may read as another one: %s", (path) =>
    expect(covers("api.example.com/v1/*", `GET https://api.example.com${path}`)).toBe(false),
  );
});
