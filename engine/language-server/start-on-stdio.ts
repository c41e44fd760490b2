import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { serveLanguage } from "./server.ts";

/** Serves the editor at the other end of standard input and output; the process ends when it says so or goes away. */
export async function startOnStdio(): Promise<never> {
  serveLanguage(createConnection(ProposedFeatures.all, process.stdin, process.stdout));
  return new Promise<never>(() => {}); // the protocol's `exit`, or the end of stdin, ends the process
}
