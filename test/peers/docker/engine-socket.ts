import { Agent, request } from "undici";

/** The socket of the engine that `npm run test:peers -- docker` started. */
export function engineSocket(engine: "docker" | "podman"): string {
  const name = `COPPICE_TEST_${engine.toUpperCase()}_SOCKET`;
  const socket = process.env[name];
  if (socket === undefined || socket === "")
    throw new Error(`${name} is not set: run these tests with npm run test:peers -- docker`);
  return socket;
}

/** A request to the engine past the driver, for a test that prepares or looks. */
export async function askEngine(
  socket: string,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
) {
  const dispatcher = new Agent({ connect: { socketPath: socket } });
  try {
    const answer = await request(`http://engine/v1.40${path}`, {
      dispatcher,
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      json: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text,
    };
  } finally {
    await dispatcher.close();
  }
}

/** Gives `peer/busybox:1` a second name, so that there are two images to change between. */
export async function secondImage(socket: string): Promise<void> {
  const { status } = await askEngine(
    socket,
    "POST",
    "/images/docker.io/peer/busybox:1/tag?repo=docker.io/peer/busybox&tag=2",
  );
  if (status !== 201) throw new Error(`the image could not be tagged (${status})`);
}
