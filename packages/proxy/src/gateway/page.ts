import type { IncomingMessage, ServerResponse } from "node:http";
import type { AllowedOrigin } from "./origin.ts";
import { readPageFile } from "./page-files.ts";

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

type Headers = Readonly<Record<string, string>>;

/** Answers a request to an HTTP server. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves the console page with the headers that confine it, and `/healthz` and `/readyz`. */
export function createPageHandler(allowedOrigins: readonly AllowedOrigin[], draining: () => boolean): RequestHandler {
  const headers = securityHeaders(allowedOrigins);
  return (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "/";
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answer(response, 405, "Only GET and HEAD are answered here.", { Allow: "GET, HEAD" });
    }
    if (path === "/healthz") return answer(response, 200, "ok");
    if (path === "/readyz") return draining() ? answer(response, 503, "draining") : answer(response, 200, "ready");
    if (PAGE_PATHS.has(path)) return void servePage(response, headers, allowedOrigins);
    // The page names its assets relative to itself, and it also stands under /console/.
    return void serveFile(response, path.replace(/^\/console\//, "/"), request.headers["if-none-match"], headers);
  };
}

async function servePage(
  response: ServerResponse,
  headers: Headers,
  allowedOrigins: readonly AllowedOrigin[],
): Promise<void> {
  const page = await readPageFile("/index.html");
  if (page === undefined) {
    return answer(response, 404, "The console page is not built. In a checkout, `npx pnpm@12 build:pages` builds it.");
  }
  const html = withAllowedOrigins(page.body.toString(), allowedOrigins);
  answer(response, 200, html, { ...headers, "Content-Type": page.type, "Cache-Control": "no-store" });
}

async function serveFile(
  response: ServerResponse,
  path: string,
  cached: string | undefined,
  headers: Headers,
): Promise<void> {
  const file = await readPageFile(path);
  if (file === undefined) return answer(response, 404, "There is nothing at this address.");
  const caching = {
    ETag: file.etag,
    "Cache-Control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if (cached === file.etag) return void response.writeHead(304, caching).end();
  answer(response, 200, file.body, { ...headers, ...caching, "Content-Type": file.type });
}

/** Tells the page which other sites it may ask for a new token. */
function withAllowedOrigins(html: string, allowedOrigins: readonly AllowedOrigin[]): string {
  const list = sources(allowedOrigins).join(" ").replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return html.replace(/(<meta name="curfew-allowed-origins" content=")[^"]*(")/, (_, start, end) => start + list + end);
}

function securityHeaders(allowedOrigins: readonly AllowedOrigin[]): Headers {
  const others = sources(allowedOrigins)
    .map((source) => ` ${source}`)
    .join("");
  return {
    "Content-Security-Policy": [
      "default-src 'none'",
      "script-src 'self'",
      // xterm.js makes style elements of its own, and offers no nonce for them.
      "style-src 'self' 'unsafe-inline'",
      // noVNC draws JPEG rectangles and the cursor from data URLs.
      "img-src 'self' data: blob:",
      "font-src 'self'",
      `connect-src 'self'${others}`,
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors 'self'${others}`,
    ].join("; "),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}

/** Allowed origins as CSP sources; a host without a scheme matches the page's own scheme or better. */
function sources(allowedOrigins: readonly AllowedOrigin[]): string[] {
  return allowedOrigins.map(({ protocol, host }) => (protocol === undefined ? host : `${protocol}//${host}`));
}

function answer(response: ServerResponse, status: number, body: string | Buffer, headers: Headers = {}): void {
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
