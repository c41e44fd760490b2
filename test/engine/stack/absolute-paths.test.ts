import { expect, it } from "vitest";
import { absolutePaths } from "../../../engine/stack/absolute-paths.ts";

it("makes lists of paths absolute, and leaves keys and what isn't set as it is", () => {
  const key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
  expect(absolutePaths({ COPPICE_PLUGIN_PATH: "plugins:/opt/plugins::../more" }, "/srv/shop")).toEqual({
    COPPICE_PLUGIN_PATH: "/srv/shop/plugins:/opt/plugins::/srv/more",
  });
  expect(absolutePaths({ COPPICE_TRUSTED_KEYS: `${key}:keys` }, "/srv/shop")).toEqual({
    COPPICE_TRUSTED_KEYS: `${key}:/srv/shop/keys`,
  });
  expect(absolutePaths({ PATH: "bin" }, "/srv/shop")).toEqual({});
});
