import { STATUS_CODES } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";

/** What Senlin's web framework says of a status (webob: exc.py). */
const explanations: Readonly<Record<number, string>> = {
  400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  404: "The resource could not be found.",
};

/** An answer that Senlin's web framework writes by itself, in the form that the client's `Accept` prefers: HTML, JSON, else text. */
export function frameworkPage(
  status: number,
  accept: string | undefined,
  q: { readonly explanation?: string; readonly detail?: string } = {},
): { readonly type: string; readonly body: string } {
  const title = STATUS_CODES[status] ?? "";
  const { explanation = explanations[status] ?? title, detail = "" } = q;
  const line = `${status} ${title}`;
  if (takes(accept ?? "", "text/html")) {
    const text = `${explanation}<br /><br />\n${escaped(detail)}\n\n`;
    const body = `<html>\n <head>\n  <title>${line}</title>\n </head>\n <body>\n  <h1>${line}</h1>\n  ${text}\n </body>\n</html>`;
    return { type: "text/html; charset=UTF-8", body };
  }
  if (takes(accept ?? "", "application/json")) {
    const message = `${explanation}<br /><br />\n${detail}\n\n`;
    return { type: "application/json", body: JSON.stringify({ message, code: line, title }) };
  }
  return { type: "text/plain; charset=UTF-8", body: `${line}\n\n${explanation}\n\n${detail}\n` };
}

/** Such an answer to a request that reaches nothing of Senlin's: a path that nobody knows, a microversion that is none. */
export function sendFrameworkPage(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  q: Parameters<typeof frameworkPage>[2] = {},
): FastifyReply {
  const { type, body } = frameworkPage(status, request.headers.accept, q);
  return reply.code(status).header("content-type", type).serializer(String).send(body);
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
