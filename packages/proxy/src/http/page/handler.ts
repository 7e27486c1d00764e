import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConsoleType } from "@curfew/protocol";
import { acceptsGzip } from "./accept-encoding.ts";
import { answer, type Headers } from "./answer.ts";
import type { PageFile, PageFiles } from "./files.ts";
import { pageHeaders, transportHeaders } from "./headers.ts";
import { fillPage } from "./html.ts";
import { isKnown } from "./if-none-match.ts";
import type { OriginPolicy } from "./origin-policy.ts";
import { withoutBase } from "../base-path.ts";
import { type AccessCheck, CHALLENGE, reportWrongPassword } from "../access.ts";
import type { EventSink } from "../../telemetry/events.ts";
import type { RequestClients } from "../forwarding/request-clients.ts";
import type { RequestOrder } from "../request-order.ts";
import { readTarget } from "../request-target.ts";
import { clientSubject } from "../tls/client-certificate.ts";
import { isReady } from "../readiness.ts";
import { type FolderHandler, openWebFolder } from "./web-folder.ts";

/** Where the page answers: its own address, and those that Nova's links and bookmarks have. */
const PAGE_PATHS: readonly string[] = [
  "/",
  "/console",
  "/console/",
  "/index.html",
  "/vnc.html",
  "/vnc_auto.html",
  "/vnc_lite.html",
  "/serial.html",
  "/spice_auto.html",
];

/** Where `/` leads. */
const START_PAGES: Readonly<Record<Exclude<ConsoleType, "vnc">, string>> = {
  serial: "serial.html",
  spice: "spice_auto.html",
};

/** Answers a request to an HTTP server. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What {@link createPageHandler} is made with. */
export interface PageHandlerOptions {
  readonly policy: OriginPolicy;
  /** What `/readyz` answers: `ready`, or what is not. */
  readonly readiness: () => Promise<string>;
  readonly order: RequestOrder;
  readonly clients: RequestClients;
  /** Whether clients need a certificate, except for `/healthz` and `/readyz`. */
  readonly needsCertificate: boolean;
  /** What else they need, with the same exceptions; undefined for nothing. */
  readonly checkAccess: AccessCheck | undefined;
  readonly events: Pick<EventSink, "notify">;
  /** Whose files are served in place of the page; null for the page. */
  readonly web: string | null;
  /** Whether there is a page. */
  readonly page: boolean;
  /** Its files, which are read once. */
  readonly files: () => PageFiles;
  /** What it shows at `/` where the address names no type. */
  readonly startPage: ConsoleType;
  /** Whether browsers reach the gateway only over TLS. */
  readonly tlsOnly: boolean;
  /** As from `basePathOf`. */
  readonly basePath: string;
}

/** Serves the page, `/healthz` and `/readyz`. */
export function createPageHandler(options: PageHandlerOptions): RequestHandler {
  const { readiness, order, clients, needsCertificate, checkAccess, events, basePath } = options;
  const serve = createFileHandler(options);
  return (request, response) => {
    if (!order.accepts(request, response)) return;
    const client = clients.identify(request);
    if ("status" in client) return answer(response, client.status, `${client.message}.`, CLOSE);
    const target = readTarget(request);
    if (target === undefined) return answer(response, 400, "Expected one Host, and a path or an http URL.", CLOSE);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answer(response, 405, "Only GET and HEAD are answered here.", { Allow: "GET, HEAD", ...CLOSE });
    }
    const path = withoutBase(target.path, basePath);
    if (path === "/healthz") return answer(response, 200, "ok");
    if (path === "/readyz") return void serveReadiness(response, readiness);
    if (needsCertificate && clientSubject(request.socket) === undefined) {
      return answer(response, 403, "A client certificate is required.");
    }
    const refusal = checkAccess?.(request);
    if (refusal !== undefined) {
      if (refusal.reason === "unauthorized") reportWrongPassword(events, request, client.address);
      const [status, headers] = refusal.reason === "unauthorized" ? ([401, CHALLENGE] as const) : ([403, {}] as const);
      return answer(response, status, `${refusal.message}.`, headers);
    }
    serve(request, response, { path, query: target.query, headers: transportHeaders(request, options) });
  };
}

/** Serves the operator's own files, the console page, or nothing. */
function createFileHandler({ policy, web, page, files, startPage }: PageHandlerOptions): FolderHandler {
  if (web !== null) {
    const opening = openWebFolder(web);
    return (...request) => void opening.then((serve) => serve(...request));
  }
  if (!page) return (_, response) => answer(response, 405, "There is no page here.", { Allow: "" });
  const serveConsolePage = createConsolePageHandler(policy, files());
  if (startPage === "vnc") return serveConsolePage;
  return (request, response, target) => {
    const { path, query, headers } = target;
    if (path !== "/" || new URLSearchParams(query).has("type")) return serveConsolePage(request, response, target);
    answer(response, 302, "", {
      ...headers,
      Location: `./${START_PAGES[startPage]}${query === "" ? "" : `?${query}`}`,
    });
  };
}

/** Serves the console page with the headers that confine it. */
function createConsolePageHandler(policy: OriginPolicy, files: PageFiles): FolderHandler {
  const confining = pageHeaders(policy);
  const pages = filledPages(files, policy);
  return (request, response, { path, headers: transport }) => {
    const headers = { ...confining, ...transport };
    if (PAGE_PATHS.includes(path)) return servePage(response, pages.get(path), headers);
    // The page's asset URLs are relative, and the page is also served under /console/.
    const file = files.get(path.replace(/^\/console\//, "/"));
    if (file === undefined) return answer(response, 404, "There is nothing at this address.", headers);
    return void serveFile(request, response, file, headers).catch(() => response.destroy());
  };
}

/** For requests whose body may follow: it is not read. */
const CLOSE = { Connection: "close" };

/** The page as each of its paths gets it; empty where it is not built. */
function filledPages(files: PageFiles, policy: OriginPolicy): ReadonlyMap<string, Buffer> {
  const html = files.get("/index.html")?.body.toString();
  if (html === undefined) return new Map();
  return new Map(PAGE_PATHS.map((path) => [path, Buffer.from(fillPage(html, path, policy))]));
}

async function serveReadiness(response: ServerResponse, readiness: () => Promise<string>): Promise<void> {
  // A rejection would be unhandled, and end the process.
  const state = await readiness().catch(() => "not ready");
  answer(response, isReady(state) ? 200 : 503, state);
}

function servePage(response: ServerResponse, page: Buffer | undefined, headers: Headers): void {
  if (page === undefined) {
    return answer(response, 404, "The console page is not built. In a checkout, `npx pnpm@12 build:pages` builds it.");
  }
  answer(response, 200, page, { ...headers, "Content-Type": "text/html; charset=utf-8" });
}

async function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: PageFile,
  headers: Headers,
): Promise<void> {
  const zipped = file.compressible && acceptsGzip(request.headers["accept-encoding"]);
  const { body, etag } = zipped ? await file.compressed() : file;
  const caching = {
    ETag: etag,
    "Cache-Control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    ...(file.compressible ? { Vary: "Accept-Encoding" } : {}),
  };
  if (isKnown(request.headers["if-none-match"], etag)) return void response.writeHead(304, caching).end();
  const coding: Headers = zipped ? { "Content-Encoding": "gzip" } : {};
  answer(response, 200, body, { ...headers, ...caching, ...coding, "Content-Type": file.type });
}
