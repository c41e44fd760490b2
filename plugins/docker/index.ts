import { defineDriver } from "../sdk/driver.ts";
import { container } from "./container.ts";

/** Containers through the Docker Engine HTTP API, version 1.40, which dockerd 20.10 and podman 4 speak. */
export default defineDriver({ contract: 1, profiles: { container } });
