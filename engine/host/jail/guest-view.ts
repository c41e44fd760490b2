import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { safeIsolatedVm } from "../isolated-vm-version.ts";

/** What a guest process has to read to come up. Afterwards it reads nothing any more. */
export interface GuestView {
  readonly main: string;
  /** Folders of our own code and of the packages that it imports. */
  readonly code: readonly string[];
  /** Node itself and the system's libraries that it is linked with. */
  readonly system: readonly string[];
}

const packages = [
  "isolated-vm",
  "node-gyp-build",
  "koffi",
  "@koromix",
  "quickjs-emscripten-core",
  "@jitl/quickjs-ffi-types",
  "@jitl/quickjs-ng-wasmfile-release-sync",
];

let found: GuestView | undefined;

/** Throws where isolated-vm has a version that plugins can escape from. */
export function guestView(): GuestView {
  found ??= findView();
  return found;
}

function findView(): GuestView {
  const own = fileURLToPath(new URL("../guest", import.meta.url));
  const { modules } = safeIsolatedVm();
  const code = [own, ...packages.map((name) => join(modules, name)).filter((folder) => existsSync(folder))];
  const { sharedObjects = [] } = process.report.getReport() as { sharedObjects?: string[] };
  const libraries = sharedObjects.filter((path) => systemLibrary.test(path) && existsSync(path));
  return { main: join(own, "main.ts"), code, system: [realpathSync(process.execPath), ...libraries] };
}

/** The loader, and the C and C++ libraries; not what else this process has loaded. */
const systemLibrary =
  /\/(ld-[^/]*|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s|atomic)(\.musl-[^/]*|-[\d.]+)?)\.so[\d.]*$/;
