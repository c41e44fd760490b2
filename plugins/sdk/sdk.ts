/** What `import … from "coppice/sdk"` gives a plugin; the loader resolves the name. */
export type { Created, Driver, Json, NodeCall, Observed, ProfileDriver } from "./driver.ts";
export { DriverError, defineDriver } from "./driver.ts";
export type {
  CommandRequest,
  CommandResult,
  Host,
  HostState,
  HttpRequest,
  HttpResponse,
} from "./host.ts";
