/** One request of an `.http` file. */
export interface ExchangeRequest {
  /** What the case is about; unique in its file. */
  readonly title: string;
  readonly line: number;
  /** Under which later requests find this one's answer: `{{name.profile.id}}`. */
  readonly name?: string;
  /** Whose token is sent: an account of the run, `none`, or `bad`. */
  readonly as: string;
  /** The microversion asked for; `none` sends no header, any other text is sent as it stands. */
  readonly version: string;
  /** Goes on while the action that the answer names still runs; otherwise its end is waited for, and recorded. */
  readonly running: boolean;
  /** Seconds to wait before the request is sent, where something must have begun by then. */
  readonly pauseSeconds: number;
  /** Coppice answers otherwise, on purpose: with which status, and why. */
  readonly differs?: {
    readonly status: number;
    readonly reason: string;
    /** The message of its fault, where that isn't Senlin's. */
    readonly says?: string;
  };
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const requestLine = /^([A-Z]+) (\/\S*)$/;
const directive = /^# @(\w+)\s*(.*)$/;
const directives = ["name", "as", "version", "running", "pause", "differs", "says"];
const header = /^([A-Za-z][A-Za-z0-9-]*):\s*(.*)$/;

/**
 * Reads requests in the format of the usual `.http` files: `### title`, directives (`# @as reader`), the request line,
 * headers, an empty line, the body. Throws with the line at the first text that it can't read.
 */
export function parseRequests(text: string, file: string): readonly ExchangeRequest[] {
  const requests: ExchangeRequest[] = [];
  const lines = text.split("\n");
  const starts = lines.flatMap((line, at) => (line.startsWith("### ") ? [at] : []));
  starts.forEach((start, n) => {
    requests.push(parseOne(lines.slice(start, starts[n + 1]), start + 1, file));
  });
  const titles = new Set<string>();
  for (const { title, line } of requests) {
    if (titles.has(title))
      throw new Error(`${file}:${line}: "${title}" is there twice; give each case a title of its own`);
    titles.add(title);
  }
  return requests;
}

function parseOne(lines: readonly string[], first: number, file: string): ExchangeRequest {
  const told = new Map<string, string>();
  const headers: Record<string, string> = {};
  let asked: RegExpExecArray | null = null;
  let at = 1;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line === "" && asked !== null) break;
    if (line === "") continue;
    const said = directive.exec(line);
    const field = header.exec(line);
    if (said !== null) told.set(said[1] ?? "", said[2] ?? "");
    else if (line.startsWith("#")) continue;
    else if (asked === null) {
      asked = requestLine.exec(line);
      if (asked === null)
        throw new Error(`${file}:${first + at}: "${line}" is no request line; write: GET /v1/profiles`);
    } else if (field !== null) headers[field[1] ?? ""] = field[2] ?? "";
    else throw new Error(`${file}:${first + at}: "${line}" is no header; write: Name: value`);
  }
  if (asked === null)
    throw new Error(`${file}:${first}: the case has no request line; write: GET /v1/profiles`);
  for (const name of told.keys())
    if (!directives.includes(name))
      throw new Error(
        `${file}:${first}: "@${name}" is unknown; there is ${directives.map((each) => `@${each}`).join(", ")}`,
      );
  const body = lines
    .slice(at + 1)
    .join("\n")
    .trim();
  const name = told.get("name");
  const differs = /^(\d{3}) (.+)$/.exec(told.get("differs") ?? "");
  if (told.has("differs") && differs === null)
    throw new Error(
      `${file}:${first}: @differs lacks its status or its reason; write: # @differs 400 it's the user's mistake`,
    );
  const says = told.get("says");
  if (says !== undefined && differs === null)
    throw new Error(`${file}:${first}: @says goes with @differs: it is what Coppice says instead`);
  return {
    title: (lines[0] ?? "").slice(4).trim(),
    line: first,
    as: told.get("as") ?? "member",
    version: told.get("version") ?? "1.14",
    running: told.has("running"),
    pauseSeconds: Number(told.get("pause") ?? 0),
    method: asked[1] ?? "",
    path: asked[2] ?? "",
    headers,
    ...(name !== undefined && { name }),
    ...(differs !== null && {
      differs: {
        status: Number(differs[1]),
        reason: differs[2] ?? "",
        ...(says !== undefined && { says }),
      },
    }),
    ...(body !== "" && { body }),
  };
}
