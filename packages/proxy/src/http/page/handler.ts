import type { IncomingMessage, ServerResponse } from "node:http";
import { acceptsGzip, compressOnce } from "./compression.ts";
import { readPageFile } from "./files.ts";
import { type Headers, pageHeaders, transportHeaders } from "./headers.ts";
import { fillPage } from "./html.ts";
import type { OriginPolicy } from "./origin-policy.ts";

/** Where the page answers: its own address, and those that Nova's links and bookmarks have. */
const PAGE_PATHS: ReadonlySet<string> = new Set([
  "/",
  "/console",
  "/console/",
  "/index.html",
  "/vnc.html",
  "/vnc_auto.html",
  "/vnc_lite.html",
  "/serial.html",
]);

/** Answers a request to an HTTP server. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Serves the console page with the headers that confine it, and `/healthz` and `/readyz`.
 *
 * @param readiness - what `/readyz` answers: `ready`, or what is not.
 */
export function createPageHandler(policy: OriginPolicy, readiness: () => Promise<string>): RequestHandler {
  const confining = pageHeaders(policy);
  return (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "/";
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answer(response, 405, "Only GET and HEAD are answered here.", { Allow: "GET, HEAD" });
    }
    if (path === "/healthz") return answer(response, 200, "ok");
    if (path === "/readyz") return void serveReadiness(response, readiness);
    const headers = { ...confining, ...transportHeaders(request) };
    if (PAGE_PATHS.has(path)) return void servePage(response, path, headers, policy);
    // The page's asset URLs are relative, and the page is also served under /console/.
    return void serveFile(request, response, path.replace(/^\/console\//, "/"), headers);
  };
}

async function serveReadiness(response: ServerResponse, readiness: () => Promise<string>): Promise<void> {
  // A rejection would be unhandled, and end the process.
  const state = await readiness().catch(() => "not ready");
  answer(response, state === "ready" ? 200 : 503, state);
}

async function servePage(
  response: ServerResponse,
  path: string,
  headers: Headers,
  policy: OriginPolicy,
): Promise<void> {
  const page = await readPageFile("/index.html");
  if (page === undefined) {
    return answer(response, 404, "The console page is not built. In a checkout, `npx pnpm@12 build:pages` builds it.");
  }
  answer(response, 200, fillPage(page.body.toString(), path, policy), { ...headers, "Content-Type": page.type });
}

async function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  headers: Headers,
): Promise<void> {
  const file = await readPageFile(path);
  if (file === undefined) return answer(response, 404, "There is nothing at this address.", headers);
  const zipped = file.compressible && acceptsGzip(request.headers["accept-encoding"]);
  const caching = {
    // Each of the two forms is a representation of its own (RFC 9110, section 8.8.3.3).
    ETag: zipped ? file.etag.replace(/"$/, '-gzip"') : file.etag,
    "Cache-Control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    ...(file.compressible ? { Vary: "Accept-Encoding" } : {}),
  };
  if (request.headers["if-none-match"] === caching.ETag) return void response.writeHead(304, caching).end();
  const body = zipped ? await compressOnce(file.etag, file.body) : file.body;
  const coding: Headers = zipped ? { "Content-Encoding": "gzip" } : {};
  answer(response, 200, body, { ...headers, ...caching, ...coding, "Content-Type": file.type });
}

function answer(response: ServerResponse, status: number, body: string | Buffer, headers: Headers = {}): void {
  response.writeHead(status, {
    "Cache-Control": "no-store",
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
