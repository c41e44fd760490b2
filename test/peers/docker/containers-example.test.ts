import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack } from "../../end-to-end/test-stack.ts";
import { askEngine, engineSocket, secondImage } from "./engine-socket.ts";

/** `examples/containers.coppice` as a user runs it: real containers, through the whole stack. */
describe.each(["docker", "podman"] as const)("containers.coppice on %s", (engine) => {
  const socket = engineSocket(engine);
  let stack: TestStack;

  beforeAll(async () => {
    await secondImage(socket);
    stack = await startTestStack();
  });
  afterAll(async () => {
    await stack.stop();
  });

  /** Images of the containers that run now for nodes of this stack's cluster, by what the engine itself says. */
  async function running(): Promise<string[]> {
    const nodes = await stack.pool.query(
      "select physical_id from node where physical_id is not null order by index",
    );
    const images: string[] = [];
    for (const { physical_id: id } of nodes.rows) {
      const { json: seen } = await askEngine(socket, "GET", `/containers/${id}/json`);
      expect(seen.State.Running, id).toBe(true);
      images.push(seen.Config.Image.replace(/^(docker\.io|localhost)\//, ""));
    }
    return images;
  }

  async function run(code: number, ...args: string[]): Promise<string> {
    const ran = await stack.cli("run", ...args);
    expect(ran.code, ran.stdout + ran.stderr).toBe(code);
    return ran.stdout + ran.stderr;
  }

  it("creates three", async () => {
    await stack.apply("examples/containers.coppice", "--set", `docker_socket=${socket}`);
    expect(await running()).toEqual(Array.from({ length: 3 }, () => "peer/busybox:1"));
  });

  it("rolls a new image out", async () => {
    await run(0, "roll_containers", "cluster=workers", "image=peer/busybox:2");
    expect(await running()).toEqual(Array.from({ length: 3 }, () => "peer/busybox:2"));
  });

  it("puts the old image back where the new one does not exist", async () => {
    const said = await run(1, "roll_containers", "cluster=workers", "image=peer/no-such-image:1");
    expect(said).toContain("image-not-found");
    expect(said).toMatch(/examples\/containers\.coppice:\d+:\d+/);
    expect(await running()).toEqual(Array.from({ length: 3 }, () => "peer/busybox:2"));
  });

  it("scales out and in", async () => {
    await run(0, "CLUSTER_SCALE_OUT", "cluster=workers", "count=2");
    expect(await running()).toHaveLength(5);
    await run(0, "CLUSTER_SCALE_IN", "cluster=workers", "count=3");
    expect(await running()).toHaveLength(2);
  });

  it("stops and starts them", async () => {
    await run(0, "nap", "cluster=workers", "time=100ms");
    expect(await running()).toHaveLength(2);
  });

  it(`gives them more memory ${engine === "docker" ? "in place" : "or says that the engine cannot"}`, async () => {
    if (engine === "docker") await run(0, "grow_memory", "cluster=workers", "memory=32MiB");
    else expect(await run(1, "grow_memory", "cluster=workers", "memory=32MiB")).toMatch(/error\[[a-z-]+\]/);
  });

  it("deletes the cluster with every container", async () => {
    const nodes = await stack.pool.query("select physical_id from node");
    await run(0, "CLUSTER_DELETE", "cluster=workers");
    for (const { physical_id: id } of nodes.rows) {
      expect(await askEngine(socket, "GET", `/containers/${id}/json`)).toMatchObject({ status: 404 });
    }
  });
});
