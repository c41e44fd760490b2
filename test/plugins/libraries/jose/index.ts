import { calculateJwkThumbprint, decodeJwt, errors, importJWK, jwtVerify, SignJWT } from "jose";
import { defineDriver, type Json } from "../../../../plugins/sdk/sdk.ts";

/** HS256, HS384 and HS512; what needs another key is refused by name. */
export default defineDriver({
  contract: 1,
  functions: {
    async tokens(_host, call) {
      const key = new TextEncoder().encode(String(call.arguments["key"]));
      const all: Record<string, string> = {};
      for (const alg of ["HS256", "HS384", "HS512"])
        all[alg] = await new SignJWT({ role: "driver" })
          .setProtectedHeader({ alg })
          .setSubject("coppice")
          .setIssuedAt(1_000_000)
          .sign(key);
      const thumbprint = await calculateJwkThumbprint({ kty: "oct", k: "c2VjcmV0" });
      const refused = await importJWK({ kty: "EC", crv: "P-256", x: "AA", y: "AA" }, "ES256").then(
        () => "imported",
        (error: Error) => error.name,
      );
      return { ...all, thumbprint, refused };
    },
    async verify(_host, call) {
      const key = new TextEncoder().encode(String(call.arguments["key"]));
      const token = String(call.arguments["token"]);
      try {
        const { payload, protectedHeader } = await jwtVerify(token, key, { subject: "coppice" });
        return JSON.parse(
          JSON.stringify({ payload, alg: protectedHeader.alg, decoded: decodeJwt(token) }),
        ) as Json;
      } catch (error) {
        if (error instanceof errors.JOSEError) return { refused: error.code };
        throw error;
      }
    },
  },
});
