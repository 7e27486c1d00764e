import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import type { AllowedOrigin } from "./origin.ts";

/** The built console page, beside this package's sources and its compiled code. */
const PAGE = fileURLToPath(new URL("../../page/", import.meta.url));

/** Where the page answers: its own address, and those that Nova's links and bookmarks have. */
const PAGE_PATHS: ReadonlySet<string> = new Set([
  "/",
  "/console",
  "/console/",
  "/vnc.html",
  "/vnc_auto.html",
  "/vnc_lite.html",
  "/serial.html",
]);

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves the console page with the headers that confine it, and `/healthz` and `/readyz`. */
export function createPageHandler(allowedOrigins: readonly AllowedOrigin[], draining: () => boolean): RequestHandler {
  const headers = securityHeaders(allowedOrigins);
  const assets = lazily(() =>
    sirv(PAGE, {
      etag: true,
      setHeaders: (response, path) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        // Vite puts a digest of the content into the names of assets.
        if (path.includes("/assets/")) response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
      },
    }),
  );
  return (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "/";
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answer(response, 405, "Only GET and HEAD are answered here.", { Allow: "GET, HEAD" });
    }
    if (path === "/healthz") return answer(response, 200, "ok");
    if (path === "/readyz") return draining() ? answer(response, 503, "draining") : answer(response, 200, "ready");
    if (PAGE_PATHS.has(path)) return void servePage(response, headers, allowedOrigins);
    // The page names its assets relative to itself, and it also stands under /console/.
    request.url = request.url?.replace(/^\/console\//, "/");
    const notFound = (): void => answer(response, 404, "There is nothing at this address.");
    if (existsSync(PAGE)) assets()(request, response, notFound);
    else notFound();
  };
}

/** The list of files is read on the first request: a gateway that serves no page needs none. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

async function servePage(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  allowedOrigins: readonly AllowedOrigin[],
): Promise<void> {
  try {
    const html = await readFile(join(PAGE, "index.html"), "utf8");
    answer(response, 200, withAllowedOrigins(html, allowedOrigins), {
      ...headers,
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
    });
  } catch {
    answer(response, 404, "The console page is not built. In a checkout, `npx pnpm@12 build:pages` builds it.");
  }
}

/** Tells the page which other sites it may ask for a new token. */
function withAllowedOrigins(html: string, allowedOrigins: readonly AllowedOrigin[]): string {
  const list = sources(allowedOrigins).join(" ").replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return html.replace(/(<meta name="curfew-allowed-origins" content=")[^"]*(")/, (_, start, end) => start + list + end);
}

function securityHeaders(allowedOrigins: readonly AllowedOrigin[]): Record<string, string> {
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

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
