import { STATUS_CODES } from "node:http";

/** An answer as Senlin's web framework writes it by itself (webob: exc.py): HTML, JSON where that alone is asked for, else text. */
export function webPage(
  status: number,
  explanation: string,
  accept: string | undefined,
): { readonly type: string; readonly body: string } {
  const title = STATUS_CODES[status] ?? "";
  const wanted = (accept ?? "").toLowerCase();
  if (wanted === "" || wanted.includes("html") || wanted.includes("*/*")) {
    const body = `<html>
 <head>
  <title>${status} ${title}</title>
 </head>
 <body>
  <h1>${status} ${title}</h1>
  ${explanation}<br /><br />



 </body>
</html>`;
    return { type: "text/html; charset=UTF-8", body };
  }
  if (wanted.includes("json")) {
    const message = `${explanation}<br /><br />\n\n\n`;
    return {
      type: "application/json",
      body: JSON.stringify({ message, code: `${status} ${title}`, title }),
    };
  }
  return { type: "text/plain; charset=UTF-8", body: `${status} ${title}\n\n${explanation}\n\n   ` };
}
