import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { readInlineMap } from "../host/clean-source-map.ts";
import type { Inspect } from "../host/inspected-guest.ts";
import { Translation } from "./inspector-translation.ts";

/** A debugger's way into a plugin's isolate. */
export interface InspectorServer {
  /** For `createPluginHost`: each guest becomes a target; a call waits until a debugger lets it run. */
  readonly inspect: Inspect;
  /** `127.0.0.1:9339` */
  readonly address: string;
  close(): Promise<void>;
}

interface Target {
  readonly id: string;
  readonly title: string;
  readonly translation: Translation;
  readonly send: (text: string) => void;
  client: WebSocket | undefined;
  /** Lets the first call begin. */
  run: () => void;
}

const framesAtMost = 16 * 1024 * 1024;

/**
 * Serves the Chrome DevTools protocol on the loopback address, as Node's own `--inspect` does: `/json/list` names the
 * targets, each behind a path that nobody guesses; one debugger for each. `onTarget` hears of each address.
 */
export async function startInspector(q: {
  readonly port: number;
  readonly wait: boolean;
  readonly onTarget: (webSocket: string, devTools: string) => void;
}): Promise<InspectorServer> {
  const targets = new Map<string, Target>();
  const server = createServer((request, response) => answer(request, response, targets, addressOf(server)));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: framesAtMost });
  server.on("upgrade", (request, socket, head) => {
    const target = targets.get((request.url ?? "").slice(1));
    if (!isLocal(request) || target === undefined || target.client !== undefined)
      return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (client) => attach(target, client));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(q.port, "127.0.0.1", resolve);
  });
  return {
    address: addressOf(server),
    inspect: ({ plugin, send }) => {
      let run: () => void = () => {};
      const released = q.wait ? new Promise<void>((resolve) => (run = resolve)) : Promise.resolve();
      const title = `${plugin.manifest.name} ${plugin.manifest.version}`;
      const translation = new Translation(`plugin:${plugin.manifest.name}`, readInlineMap(plugin.bundle));
      const target: Target = { id: randomUUID(), title, translation, send, client: undefined, run };
      targets.set(target.id, target);
      const url = `${addressOf(server)}/${target.id}`;
      q.onTarget(`ws://${url}`, devTools(url));
      return {
        released,
        onMessage: (text) => target.client?.send(translation.toClient(text)),
        onEnd: () => {
          targets.delete(target.id);
          target.client?.close();
        },
      };
    },
    async close() {
      for (const { client } of targets.values()) client?.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function attach(target: Target, client: WebSocket): void {
  target.client = client;
  client.on("message", (data) => {
    const text = data.toString();
    if (text.includes('"Runtime.runIfWaitingForDebugger"')) target.run();
    target.send(target.translation.toIsolate(text));
  });
  client.on("close", () => {
    target.client = undefined;
    // nobody is there to let a stopped plugin go on
    for (const method of ["Debugger.disable", "Runtime.disable"])
      target.send(JSON.stringify({ id: 0, method }));
    target.run();
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  targets: ReadonlyMap<string, Target>,
  address: string,
): void {
  if (!isLocal(request)) return void response.writeHead(403).end();
  const said =
    request.url === "/json/version"
      ? { Browser: "coppice", "Protocol-Version": "1.3" }
      : request.url === "/json" || request.url === "/json/list"
        ? [...targets.values()].map(({ id, title }) => ({
            id,
            title,
            type: "node",
            description: "a plugin of Coppice",
            url: `coppice://${title.replace(" ", "/")}`,
            devtoolsFrontendUrl: devTools(`${address}/${id}`),
            webSocketDebuggerUrl: `ws://${address}/${id}`,
          }))
        : null;
  if (said === null) return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": "application/json; charset=UTF-8" }).end(JSON.stringify(said));
}

/** A web page that has its own name lead to this machine must not get in: only an address or localhost may be named. */
function isLocal(request: IncomingMessage): boolean {
  const name = (request.headers.host ?? "").replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  const fromPage = /^https?:/.test(request.headers.origin ?? "");
  return !fromPage && (name === "localhost" || isIP(name) !== 0);
}

function devTools(url: string): string {
  return `devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=${url}`;
}

function addressOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
