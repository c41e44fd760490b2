import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The file behind a document's address; a document that was never saved lies in the current folder. */
export function pathOfUri(uri: string): string {
  try {
    if (uri.startsWith("file:")) return fileURLToPath(uri);
  } catch {
    // no path of this machine, such as file://elsewhere/x: named after its end, as an unsaved one is
  }
  const name = uri.slice(uri.lastIndexOf("/") + 1).replace(/[^\w.-]+/g, "_");
  return path.join(process.cwd(), name === "" ? "untitled" : name);
}

/** The address of a file. */
export function uriOfPath(file: string): string {
  return pathToFileURL(file).href;
}
