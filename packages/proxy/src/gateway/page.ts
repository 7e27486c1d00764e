import type { IncomingMessage, ServerResponse } from "node:http";
import { readPageFile } from "./page-files.ts";
import { pageHeaders, transportHeaders, withSites, type Headers, type Sites } from "./page-headers.ts";

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

/** Serves the console page with the headers that confine it, and `/healthz` and `/readyz`. */
export function createPageHandler(sites: Sites, draining: () => boolean): RequestHandler {
  const confining = pageHeaders(sites);
  return (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "/";
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answer(response, 405, "Only GET and HEAD are answered here.", { Allow: "GET, HEAD" });
    }
    if (path === "/healthz") return answer(response, 200, "ok");
    if (path === "/readyz") return draining() ? answer(response, 503, "draining") : answer(response, 200, "ready");
    const headers = { ...confining, ...transportHeaders(request) };
    if (PAGE_PATHS.has(path)) return void servePage(response, headers, sites);
    // The page names its assets relative to itself, and it also stands under /console/.
    return void serveFile(response, path.replace(/^\/console\//, "/"), request.headers["if-none-match"], headers);
  };
}

async function servePage(response: ServerResponse, headers: Headers, sites: Sites): Promise<void> {
  const page = await readPageFile("/index.html");
  if (page === undefined) {
    return answer(response, 404, "The console page is not built. In a checkout, `npx pnpm@12 build:pages` builds it.");
  }
  answer(response, 200, withSites(page.body.toString(), sites), { ...headers, "Content-Type": page.type });
}

async function serveFile(
  response: ServerResponse,
  path: string,
  cached: string | undefined,
  headers: Headers,
): Promise<void> {
  const file = await readPageFile(path);
  if (file === undefined) return answer(response, 404, "There is nothing at this address.", headers);
  const caching = {
    ETag: file.etag,
    "Cache-Control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if (cached === file.etag) return void response.writeHead(304, caching).end();
  answer(response, 200, file.body, { ...headers, ...caching, "Content-Type": file.type });
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
