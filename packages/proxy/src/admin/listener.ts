import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { randomBytes } from "node:crypto";
import type { Address } from "../net/address.ts";
import { hasDescriptorFor, MAX_ADMIN_CONNECTIONS } from "../net/descriptors.ts";
import { withoutBase } from "../http/base-path.ts";
import { ignoreExpectations, RequestOrder } from "../http/request-order.ts";
import { type MalformedRequest, refuseMalformedRequests } from "../http/malformed-requests.ts";
import type { TlsServer } from "../http/tls/server.ts";
import { refuseRequest } from "../http/upgrade.ts";
import { plainAddress } from "../net/client-address.ts";
import { listenAtDescriptor, listenAtPath, pathOfDescriptor } from "../net/listen-at-socket.ts";
import { listenAt, stopListening } from "../net/listen.ts";
import { BurstLog } from "../telemetry/burst-log.ts";
import { logError, type Logger } from "../telemetry/log.ts";
import type { AdminOptions } from "./options.ts";

/** How long a request may take to arrive, in milliseconds: its headers, and all of it. Node looks once a second. */
const LIMITS = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 };

/** What an {@link AdminListener} is made with. */
export type AdminListenerOptions = Omit<AdminOptions, "isLocal" | "isAtLoopback">;

type AdminHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Where the admin API listens besides its address, as configured under `admin`. */
export interface AdminListenerConfig {
  readonly listen_fd: number | null;
  readonly tls_cert: string | null;
  readonly tls_key: string | null;
  readonly socket: string | null;
  readonly socket_mode: string;
}

/** The listeners of the admin API: at an address, and at a Unix socket if there is one. */
export class AdminListener {
  readonly #config: AdminListenerConfig;
  readonly #options: AdminListenerOptions;
  readonly #server: Server | TlsServer;
  readonly #socketServer: Server | undefined;
  /** The connections of the Unix socket. */
  readonly #local = new WeakSet<object>();
  readonly #order = new RequestOrder();
  readonly #bursts: BurstLog;
  #handler: Promise<AdminHandler> | undefined;

  private constructor(config: AdminListenerConfig, options: AdminListenerOptions, server: Server | TlsServer) {
    this.#config = config;
    this.#options = options;
    this.#bursts = new BurstLog(options.log);
    this.#server = server;
    this.#prepare(server);
    options.own.watch(server);
    if (config.socket === null) return;
    options.own.addPath(config.socket);
    this.#socketServer = createServer(LIMITS).on("connection", (socket) => this.#local.add(socket));
    this.#prepare(this.#socketServer);
  }

  /** @throws Error naming what is wrong with the certificate. */
  static async create(config: AdminListenerConfig, options: AdminListenerOptions): Promise<AdminListener> {
    const { tls_cert: cert, tls_key: key } = config;
    const server = cert === null ? createServer(LIMITS) : await createTlsServer(cert, key, options.log);
    return new AdminListener(config, options, server);
  }

  /**
   * @param address - that of `admin.listen`, with a port if the caller has picked one.
   * @returns where it listens, as a URL without a path.
   * @throws Error naming the address or the Unix socket that cannot be listened at.
   */
  async listen(address: Address): Promise<string> {
    const { socket, socket_mode, tls_cert, listen_fd: fd } = this.#config;
    const authority =
      fd === null
        ? await listenAt(this.#server, address, "admin.listen")
        : await listenAtDescriptor(
            this.#server,
            fd,
            tls_cert === null ? undefined : "admin.tls_cert",
            "admin.listen_fd",
          );
    const path = fd === null ? undefined : await pathOfDescriptor(fd);
    if (path !== undefined) this.#options.own.addPath(path);
    if (socket !== null && this.#socketServer !== undefined) {
      await listenAtPath(this.#socketServer, socket, Number.parseInt(socket_mode, 8), "admin.socket");
    }
    // Not by the first request: an upgrade may replace the files while the gateway runs. Nor earlier, so that the gateway
    // starts faster.
    setImmediate(() => {
      this.#load().then(
        () => this.#options.log.debug("everything is loaded"),
        (error: unknown) => this.#failed(error),
      );
    });
    return `${tls_cert === null ? "http" : "https"}://${authority}`;
  }

  /** Takes a changed certificate into use at once. */
  async reloadCertificate(): Promise<void> {
    if ("reloadCertificate" in this.#server) await this.#server.reloadCertificate(undefined);
  }

  async close(): Promise<void> {
    const servers = [this.#server, this.#socketServer].filter((server) => server !== undefined);
    await Promise.all(servers.map(stopListening));
  }

  #prepare(server: Server): void {
    server.on("request", (request, response) => void this.#answer(request, response));
    ignoreExpectations(server);
    this.#refuseOthers(server);
    server.maxConnections = MAX_ADMIN_CONNECTIONS;
    server.on("drop", () =>
      this.#bursts.write({ limit: MAX_ADMIN_CONNECTIONS }, "admin connections refused", { kind: "connections" }),
    );
    server.on("connection", (socket) => {
      if (!hasDescriptorFor(socket, "admin")) socket.destroy();
    });
  }

  async #load(): Promise<AdminHandler> {
    this.#handler ??= loadHandler({
      ...this.#options,
      isLocal: (socket) => this.#local.has(socket),
      isAtLoopback: () => isLoopback(this.#server.address()),
    });
    return await this.#handler;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#order.accepts(request, response)) return;
    try {
      const handle = await this.#load();
      if (request.url !== undefined) request.url = withoutBase(request.url, this.#options.basePath);
      await handle(request, response);
    } catch (error) {
      this.#failed(error);
      response.destroy();
    }
  }

  /** What is no request to the API. */
  #refuseOthers(server: Server): void {
    const refused = ({ fault, message, clientAddress }: MalformedRequest): void =>
      this.#bursts.write({ client: clientAddress, fault, detail: message }, "admin request refused", { kind: fault });
    refuseMalformedRequests(server, this.#order, refused);
    // Node would close the connection without a word.
    server.on("connect", ({ socket }, connection) => {
      const message = "expected a request of the admin API, but got CONNECT";
      refused({ fault: "method", message, clientAddress: plainAddress(socket.remoteAddress) });
      refuseRequest(connection, 405, message, { Allow: "GET, POST, DELETE" });
    });
  }

  #failed(error: unknown): void {
    logError(this.#options.log, { level: "error", error }, "the admin API failed");
  }
}

function isLoopback(address: ReturnType<Server["address"]>): boolean {
  return typeof address === "object" && /^(?:127\.|::1$)/.test(address?.address ?? "");
}

async function loadHandler(options: AdminOptions): Promise<AdminHandler> {
  const [{ createAdminApi }, { getRequestListener }] = await Promise.all([
    import("./api.ts"),
    import("@hono/node-server"),
    options.status.load(),
  ]);
  return getRequestListener(createAdminApi(options).fetch, { overrideGlobalObjects: false });
}

/** TLS is loaded only where it is spoken. */
async function createTlsServer(cert: string, key: string | null, log: Logger): Promise<TlsServer> {
  const tls = await import("../http/tls/server.ts");
  const files = { cert, key, passphrase: null, prefix: "admin.tls_" };
  const versions = { minimumVersion: "default", ciphers: null } as const;
  return await tls.createTlsServer(
    { ...files, ...versions, allowsPlain: false, clientCa: null, ticketSecret: randomBytes(32) },
    { http: LIMITS, log, certificateUsed: () => {} },
  );
}
