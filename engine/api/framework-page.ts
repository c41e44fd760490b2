import { STATUS_CODES } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";

/** What Senlin's web framework says of a status (webob: exc.py). */
const explanations: Readonly<Record<number, string>> = {
  400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  404: "The resource could not be found.",
};

/**
 * A fault that Senlin's web framework tells by itself, before anything of Senlin's is reached: a path that nobody knows, a
 * microversion that is none. In the form that the client's `Accept` prefers: HTML, JSON, else plain text.
 */
export function sendFrameworkPage(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  detail = "",
  explanation = explanations[status] ?? "",
): void {
  const title = STATUS_CODES[status] ?? "Error";
  const line = `${status} ${title}`;
  const accept = request.headers.accept ?? "";
  reply.code(status).serializer((text: string) => text);
  if (takes(accept, "text/html")) {
    const body = `${explanation}<br /><br />\n${escaped(detail)}\n\n`;
    reply
      .type("text/html; charset=UTF-8")
      .send(
        `<html>\n <head>\n  <title>${line}</title>\n </head>\n <body>\n  <h1>${line}</h1>\n  ${body}\n </body>\n</html>`,
      );
  } else if (takes(accept, "application/json")) {
    const message = `${explanation}<br /><br />\n${detail}\n\n`;
    reply.header("content-type", "application/json").send(JSON.stringify({ message, code: line, title }));
  } else {
    reply.type("text/plain; charset=UTF-8").send(`${line}\n\n${explanation}\n\n${detail}\n`);
  }
}

function takes(accept: string, type: string): boolean {
  const ranges = accept.split(",").map((range) => range.split(";")[0]?.trim().toLowerCase());
  return [type, `${type.split("/")[0]}/*`, "*/*"].some((range) => ranges.includes(range));
}

function escaped(text: string): string {
  const named: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#x27;",
  };
  return text.replace(/[&<>"']/g, (character) => named[character]!); // the pattern has no others
}
