import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { compareAnswer } from "./compare-answers.ts";
import { type ExchangeRequest, parseRequests } from "./parse-requests.ts";
import { playRequests, type Target } from "./play-requests.ts";
import { parseTranscript, renderTranscript } from "./transcript.ts";

const folder = new URL("../../engine/api/senlin/", import.meta.url);

/** The names of the files with requests: `profiles` for `profiles.http` and `profiles.golden`. */
export function exchangeNames(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".http"))
    .map((file) => basename(file, ".http"));
}

export function readExchange(name: string): readonly ExchangeRequest[] {
  return parseRequests(readFileSync(new URL(`${name}.http`, folder), "utf8"), `${name}.http`);
}

/** From a case's title to the real Senlin's answer. */
export function readGolden(name: string): ReadonlyMap<string, string> {
  const file = new URL(`${name}.golden`, folder);
  return existsSync(file) ? parseTranscript(readFileSync(file, "utf8")) : new Map();
}

/** Keeps what the target, a real Senlin, answers. Gives how many answers, and what went wrong on the way. */
export async function recordGolden(
  name: string,
  target: Target,
): Promise<{ readonly answers: number; readonly wrong: readonly string[] }> {
  const answers = await playRequests(readExchange(name), target);
  writeFileSync(new URL(`${name}.golden`, folder), renderTranscript(answers));
  const wrong = answers
    .filter(({ missing }) => missing.length > 0)
    .map(
      ({ request, missing }) =>
        `${name}.http:${request.line} ${request.title}: ${missing.join(", ")} is nothing`,
    );
  return { answers: answers.length, wrong };
}

/** Where the target answers otherwise than Senlin did and isn't meant to: one text for each, ready to print. */
export async function differencesFromGolden(
  name: string,
  target: Target,
): Promise<{ readonly answers: number; readonly wrong: readonly string[] }> {
  const golden = readGolden(name);
  const answers = await playRequests(readExchange(name), target);
  const wrong = answers.flatMap((answer) => {
    const { request } = answer;
    const said = compareAnswer(answer, golden.get(request.title));
    return said === null
      ? []
      : [`${name}.http:${request.line} ${request.title}\n${request.method} ${request.path}\n${said}`];
  });
  return { answers: answers.length, wrong };
}
