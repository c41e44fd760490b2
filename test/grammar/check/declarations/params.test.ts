import { describe, expect, it } from "vitest";
import { compileProgram } from "../../../../grammar/compile.ts";
import { resolveFixture } from "../fixture-plugins.ts";
import { loadLibrary } from "../../../../engine/actions/load-library.ts";

const text = `
plugin docker from "./docker" { allow socket "/var/run/docker.sock" }
param image: String = "shop/web:1"
param memory: Size = 256MiB
param ports: List<Int> = []
profile web = docker.container { image: image  memory: memory * 2  ports: ports }
cluster shop { profile: web  size: 1 }
`;

function compile(parameters: Readonly<Record<string, string>>) {
  return compileProgram({
    path: "p.coppice",
    text,
    library: loadLibrary(),
    plugins: resolveFixture,
    parameters,
  });
}

describe("--set", () => {
  it("leaves defaults where nothing is set", () => {
    expect(compile({}).plan?.profiles["web"]?.properties).toEqual({
      image: "shop/web:1",
      memory: 512 * 1024 * 1024,
      ports: [],
      restart: "no",
      zone: "a",
    });
  });

  it("reads a value by its type", () => {
    const { plan } = compile({ image: "x", memory: "1GiB", ports: "[80, 443]" });
    expect(plan?.profiles["web"]?.properties).toMatchObject({
      image: "x",
      memory: 2 * 1024 ** 3,
      ports: [80, 443],
    });
  });

  it.each(["12", "1GiB param more: Int = 3", "nonsense", "", '"1GiB"'])("refuses memory=%s", (memory) => {
    const { plan, diagnostics } = compile({ memory });
    expect(plan).toBeNull();
    expect(diagnostics.map(({ code }) => code)).toEqual(["bad-param-value"]);
    expect(diagnostics[0]?.message).toContain(`--set memory=${memory} is not of type Size`);
  });

  it("names the nearest param for an unknown one", () => {
    const { diagnostics } = compile({ imgae: "x" });
    expect(diagnostics).toMatchObject([{ code: "unknown-param", help: 'did you mean "image"?' }]);
  });
});
