import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpResponse } from "../../../plugins/sdk/host.ts";
import { brokerCall, brokerFixture } from "../../engine/host/broker/broker-fixture.ts";

const place = `127.0.0.1:${process.env["AWS_PEER_PORT"] ?? "15555"}`;

/** moto checks no signature (AWS's own vectors do, in sign-v4.test.ts), but reads service and region from it. */
describe("moto in AWS's place", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-aws-"));
  const credentials = join(folder, "credentials.json");
  const { broker, audit } = brokerFixture({
    credentials,
    environment: { KEY: "AKIDPEER", SECRET: "secret-of-aws" },
  });
  beforeAll(async () => {
    const entry = {
      projects: ["test"],
      hosts: [place],
      access_key: { env: "KEY" },
      secret_key: { env: "SECRET" },
    };
    writeFileSync(credentials, JSON.stringify({ aws: [{ ...entry, region: "us-east-1" }] }));
    expect((await fetch(`http://${place}/moto-api/reset`, { method: "POST" })).status).toBe(200);
  });
  afterAll(async () => {
    await broker.close();
    rmSync(folder, { recursive: true });
  });
  const ask = async (service: string, query: Record<string, string>, region?: string) => {
    const call = brokerCall({
      grants: [
        { capability: "http", target: place },
        { capability: "aws", target: place },
      ],
    });
    const auth = { kind: "aws", service, ...(region === undefined ? {} : { region }) };
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const body = new URLSearchParams(query).toString();
    const request = { method: "POST", url: `http://${place}/`, headers, body, auth };
    return (await broker.request(call, "http", request)) as HttpResponse;
  };
  const version = "2016-11-15";

  it("runs, finds and ends instances, by region, and no credentials come back", async () => {
    const ran = await ask("ec2", {
      Action: "RunInstances",
      Version: version,
      ImageId: "ami-12c6146b",
      MinCount: "2",
      MaxCount: "2",
    });
    expect(ran.status).toBe(200);
    const ids = [...ran.text.matchAll(/<instanceId>(i-[0-9a-f]+)</g)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    const found = (region?: string) =>
      ask("ec2", { Action: "DescribeInstances", Version: version }, region).then(
        ({ text }) => [...text.matchAll(/<instanceId>/g)].length,
      );
    expect([await found(), await found("eu-west-1")]).toEqual([2, 0]);
    const ended = await ask("ec2", {
      Action: "TerminateInstances",
      Version: version,
      "InstanceId.1": ids[0] ?? "",
    });
    expect(ended.text).toContain("shutting-down");
    expect(JSON.stringify([ran, audit])).not.toContain("secret-of-aws");
  });

  it("means the API that the signature names, all on one port", async () => {
    const groups = await ask("autoscaling", { Action: "DescribeAutoScalingGroups", Version: "2011-01-01" });
    expect(groups).toMatchObject({
      status: 200,
      text: expect.stringContaining("DescribeAutoScalingGroupsResponse"),
    });
  });
});
