import { expect, it } from "vitest";
import { fairLimit } from "../../../engine/worker/fair-limit.ts";

/** Works that end when they are told to, and the order in which they began. */
function benchOf(atOnce: number) {
  const limit = fairLimit(atOnce);
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    began,
    submit: (owner: string, name: string) =>
      limit(owner, () => {
        began.push(name);
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
      }),
    async end(name: string) {
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it("runs so many at once and no more", async () => {
  const { began, submit, end } = benchOf(2);
  const works = ["a1", "a2", "a3"].map((name) => submit("a", name));
  expect(began).toEqual(["a1", "a2"]);
  await end("a2");
  expect(began).toEqual(["a1", "a2", "a3"]);
  await end("a1");
  await end("a3");
  expect(await Promise.all(works)).toEqual(["a1", "a2", "a3"]);
});

it("gives owners turns, whoever came first with however many", async () => {
  const { began, submit, end } = benchOf(1);
  for (const name of ["a1", "a2", "a3", "a4"]) void submit("a", name);
  for (const name of ["b1", "b2"]) void submit("b", name);
  void submit("c", "c1");
  for (const name of ["a1", "b1", "a2", "c1", "b2", "a3", "a4"]) await end(began.at(-1) ?? name);
  expect(began).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
});

it("gives a place on when a work fails", async () => {
  const limit = fairLimit(1);
  const failed = limit("a", () => Promise.reject(new Error("no")));
  const next = limit("a", async () => "next");
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("next");
});
