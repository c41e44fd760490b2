import type { ExchangeRequest } from "./parse-requests.ts";
import type { Answer } from "./play-requests.ts";

/** One golden file: each case's title and request, and below the answer. */
export function renderTranscript(answers: readonly Answer[]): string {
  return answers.map(({ request, text }) => `${heading(request)}\n${text}\n`).join("\n");
}

/** From a case's title to its answer. */
export function parseTranscript(text: string): ReadonlyMap<string, string> {
  const answers = new Map<string, string>();
  for (const block of text.split(/^### /m).slice(1)) {
    const [title = "", , ...answer] = block.split("\n");
    answers.set(title, answer.join("\n").trim());
  }
  return answers;
}

function heading({ title, method, path, as, version }: ExchangeRequest): string {
  return `### ${title}\n> ${method} ${path} as ${as}, ${version === "none" ? "no version asked" : version}`;
}
