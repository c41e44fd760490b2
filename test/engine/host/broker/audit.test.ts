import { describe, expect, it } from "vitest";
import { AuditBatch, type AuditEntry } from "../../../../engine/host/broker/audit.ts";

const entry = (callId: string): AuditEntry => ({
  projectId: "p",
  plugin: "probe",
  pluginHash: "h",
  actionId: null,
  callId,
  capability: "http",
  target: "GET http://127.0.0.1/",
  outcome: "ok",
  bytesIn: 0,
  bytesOut: 0,
  durationMs: 1,
  at: new Date(0),
});

describe("the audit's batches", () => {
  it("write every entry once and in order, many at a time", async () => {
    const written: AuditEntry[][] = [];
    const batch = new AuditBatch({ write: async (entries) => void written.push([...entries]) }, () => {});
    const all = Array.from({ length: 2500 }, (_, i) => entry(`${i}`));
    for (const one of all) batch.add(one);
    await batch.close();
    expect(written.flat()).toEqual(all);
    expect(written.length).toBeLessThan(20);
  });

  it("keep what a failing sink refused, and try again", async () => {
    const written: AuditEntry[] = [];
    const errors: unknown[] = [];
    let broken = true;
    const sink = {
      async write(entries: readonly AuditEntry[]) {
        if (broken) throw new Error("the database is away");
        written.push(...entries);
      },
    };
    const batch = new AuditBatch(sink, (error) => void errors.push(error));
    batch.add(entry("1"));
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    broken = false;
    batch.add(entry("2"));
    await batch.close();
    expect(written.map((e) => e.callId)).toEqual(["1", "2"]);
  });

  it("end even when the sink never works", async () => {
    const batch = new AuditBatch({ write: () => Promise.reject(new Error("away")) }, () => {});
    batch.add(entry("1"));
    await batch.close();
  });
});
