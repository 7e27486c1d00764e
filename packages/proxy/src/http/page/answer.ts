import type { ServerResponse } from "node:http";

export type Headers = Readonly<Record<string, string>>;

/** Answers a request with a whole body, which is not to be kept unless the headers say otherwise. */
export function answer(response: ServerResponse, status: number, body: string | Buffer, headers: Headers = {}): void {
  response.writeHead(status, {
    "Cache-Control": "no-store",
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
