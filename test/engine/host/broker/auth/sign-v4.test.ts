import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { signV4 } from "../../../../../engine/host/broker/auth/sign-v4.ts";

interface Vector {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signature: string;
  readonly signBody?: true;
  readonly token?: string;
  readonly omitToken?: true;
}

/** AWS's published test suite (aws-signing-test-suite, Apache-2.0), its normalized cases, as data. */
const vectors = JSON.parse(
  readFileSync(new URL("./sign-v4-vectors.json", import.meta.url), "utf8"),
) as readonly Vector[];

describe("AWS Signature Version 4", () => {
  it("has all normalized cases of the suite", () => expect(vectors.length).toBeGreaterThan(25));

  it.each(vectors)("$name", (v) => {
    const [path = "", query = ""] = v.path.split("?");
    const sum = createHash("sha256").update(v.body).digest("hex");
    const signed = signV4(
      {
        method: v.method,
        host: "example.amazonaws.com",
        path: path.includes(".") ? new URL(path, "https://example.amazonaws.com").pathname : path,
        query: query
          .split("&")
          .filter((pair) => pair !== "")
          .map((pair) => pair.split("=").map(decodeURIComponent))
          .map(([name = "", value = ""]) => [name, value]),
        headers: { ...v.headers, ...(v.signBody && { "x-amz-content-sha256": sum }) },
        body: v.body,
      },
      {
        accessKey: "AKIDEXAMPLE",
        secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        sessionToken: v.omitToken ? undefined : v.token,
      },
      { service: "service", region: "us-east-1", at: new Date("2015-08-30T12:36:00Z") },
    );
    expect(signed.headers["authorization"]).toContain(`Signature=${v.signature}`);
  });
});
