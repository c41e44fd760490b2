const text = { type: "string" } as const;
const entrySchema = {
  type: "object",
  properties: {
    from: { type: "string", minLength: 1 },
    version: text,
    hash: { type: "string", pattern: "^[0-9a-f]{64}$" },
    tier: text,
    grants: { type: "array", items: text },
    signer: { anyOf: [{ type: "string", pattern: "^[0-9A-F]{16}$" }, { type: "null" }] },
    sum: text,
  },
  required: ["from", "version", "hash", "tier", "grants", "signer", "sum"],
  additionalProperties: false,
} as const;

/** JSON Schema of `coppice.lock`; `npm run docs` makes `lock-validator.mjs` of it. */
export const lockSchema = {
  type: "object",
  properties: { lock: { const: 1 }, plugins: { type: "object", additionalProperties: entrySchema } },
  required: ["lock", "plugins"],
  additionalProperties: false,
} as const;
