import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { makePeople } from "../../support/keystone.ts";
import { installClients } from "./install-clients.ts";
import { startCoppice } from "../../support/start-coppice.ts";
import { registerEndpoint, type TargetName, targetNames } from "./target.ts";

const ports: Record<TargetName, number> = { senlin: 8777, coppice: 8778 };
const regions: Record<TargetName, string> = { senlin: "RegionOne", coppice: "Coppice" };

/**
 * What some of tempest's tests want: health checks every ten seconds that ask an address of this machine, and 500 for a
 * policy's spec that is refused.
 */
const forTempest = {
  "health-check-interval-min": "10s",
  "private-networks": "127.0.0.0/8",
  "senlin-faults": "true",
};

/**
 * Makes ready what the tests of Senlin's clients share: the clients, a system to speak to, and people in Keystone.
 * COPPICE_TEST_TARGET says which system (coppice); with COPPICE_TEST_TARGET_URL it runs already.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const name = targetNames.find((each) => each === (process.env["COPPICE_TEST_TARGET"] ?? "coppice"));
  if (name === undefined)
    throw new Error(
      `there is no target "${process.env["COPPICE_TEST_TARGET"]}"; there is ${targetNames.join(" and ")}`,
    );
  const keystone = {
    url: `http://127.0.0.1:${process.env["OSB_KEYSTONE_PORT"] ?? "5000"}/v3`,
    adminPassword: process.env["OSB_PASSWORD"] ?? "peerpass",
  };
  const { bin } = installClients();
  const folder = mkdtempSync(join(tmpdir(), "coppice-senlin-clients-"));
  const given = process.env["COPPICE_TEST_TARGET_URL"];
  const port = ports[name];
  const started =
    name === "coppice" && given === undefined
      ? await startCoppice({ keystoneUrl: keystone.url, port, more: forTempest })
      : undefined;
  const url = given ?? started?.url ?? `http://127.0.0.1:${port}`;
  try {
    await registerEndpoint(keystone, regions[name], url);
    project.provide("clientsTarget", {
      name,
      url,
      region: regions[name],
      bin,
      folder,
      keystone: keystone.url,
      adminPassword: keystone.adminPassword,
      ...(await makePeople(keystone, `clients-${randomBytes(4).toString("hex")}`, ["member", "admin"])),
    });
  } catch (error) {
    await started?.stop();
    throw error;
  }
  return async () => {
    await started?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
