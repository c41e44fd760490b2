import { expect, it } from "vitest";
import { provideTypes } from "../../../engine/specs/spec-type.ts";
import type { Manifest } from "../../../plugins/sdk/manifest.ts";

const manifest = (name: string, type: string | null): Manifest => ({
  name,
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  entry: "./index.ts",
  description: "for a test",
  needs: [],
  settings: {},
  functions: {},
  events: {},
  profiles: {
    thing: {
      ...(type === null
        ? {}
        : {
            spec: {
              type,
              versions: ["1.0"],
              support_status: { "1.0": [{ status: "SUPPORTED", since: "2016.04" }] },
            },
          }),
      properties: {},
      operations: {},
    },
  },
});
const fake = { hash: "f1", manifest: manifest("openstack_test", "os.nova.server") };
const nova = { hash: "n1", manifest: manifest("nova", "os.nova.server") };
const fakeAgain = { hash: "f2", manifest: manifest("openstack_test", "os.nova.server") };
const own = { hash: "o1", manifest: manifest("own", null) };
const provider = (offered: Parameters<typeof provideTypes>[0], choices?: Record<string, string>) =>
  provideTypes(offered, choices).get("os.nova.server-1.0")?.hash;

it("takes the plugin that was offered last, and leaves out types without a public name", () => {
  expect(provider([nova, fake])).toBe("f1");
  expect(provider([fake, nova])).toBe("n1");
  expect([...provideTypes([nova, own]).keys()]).toEqual(["os.nova.server-1.0"]);
});

it("keeps to an operator's choice, and takes its newest version", () => {
  const choices = { "os.nova.server-1.0": "openstack_test" };
  expect(provider([fake, nova], choices)).toBe("f1");
  expect(provider([fake, nova, fakeAgain], choices)).toBe("f2");
  expect(provider([nova], choices)).toBe("n1");
});
