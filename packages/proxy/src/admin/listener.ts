import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Address } from "../net/address.ts";
import { hasDescriptorFor } from "../net/descriptors.ts";
import { withoutBase } from "../http/base-path.ts";
import { ignoreExpectations, RequestOrder } from "../http/request-order.ts";
import { type MalformedRequest, refuseMalformedRequests } from "../http/malformed-requests.ts";
import { refuseRequest } from "../http/upgrade.ts";
import { plainAddress } from "../net/client-address.ts";
import { listenAt, stopListening } from "../net/listen.ts";
import { BurstLog } from "../telemetry/burst-log.ts";
import { logError } from "../telemetry/log.ts";
import type { AdminOptions } from "./options.ts";

/** How long a request may take to arrive, in milliseconds: its headers, and all of it. Node looks once a second. */
const LIMITS = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 };

type AdminHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The listener of the admin API. */
export class AdminListener {
  readonly #options: AdminOptions;
  readonly #server: Server;
  readonly #order = new RequestOrder();
  #handler: Promise<AdminHandler> | undefined;

  constructor(options: AdminOptions) {
    this.#options = options;
    this.#server = createServer(LIMITS, (request, response) => void this.#answer(request, response));
    ignoreExpectations(this.#server);
    this.#refuseOthers(new BurstLog(options.log));
    this.#server.on("connection", (socket) => {
      if (!hasDescriptorFor(socket, "admin")) socket.destroy();
    });
    options.own.watch(this.#server);
  }

  /**
   * @returns where it listens, as a URL without a path.
   * @throws Error naming the address that cannot be listened at.
   */
  async listen(address: Address): Promise<string> {
    const authority = await listenAt(this.#server, address, "admin.listen");
    // Not by the first request: an upgrade may replace the files while the gateway runs. Nor earlier, so that the gateway
    // starts faster.
    setImmediate(() => {
      this.#load().then(
        () => this.#options.log.debug("everything is loaded"),
        (error: unknown) => this.#failed(error),
      );
    });
    return `http://${authority}`;
  }

  async close(): Promise<void> {
    await stopListening(this.#server);
  }

  async #load(): Promise<AdminHandler> {
    this.#handler ??= loadHandler(this.#options);
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
  #refuseOthers(bursts: BurstLog): void {
    const refused = ({ fault, message, clientAddress }: MalformedRequest): void =>
      bursts.write({ client: clientAddress, fault, detail: message }, "admin request refused", { kind: fault });
    refuseMalformedRequests(this.#server, this.#order, refused);
    // Node would close the connection without a word.
    this.#server.on("connect", ({ socket }, connection) => {
      const message = "expected a request of the admin API, but got CONNECT";
      refused({ fault: "method", message, clientAddress: plainAddress(socket.remoteAddress) });
      refuseRequest(connection, 405, message, { Allow: "GET, POST, DELETE" });
    });
  }

  #failed(error: unknown): void {
    logError(this.#options.log, { level: "error", error }, "the admin API failed");
  }
}

async function loadHandler(options: AdminOptions): Promise<AdminHandler> {
  const [{ createAdminApi }, { getRequestListener }] = await Promise.all([
    import("./api.ts"),
    import("@hono/node-server"),
    options.status.load(),
  ]);
  return getRequestListener(createAdminApi(options).fetch, { overrideGlobalObjects: false });
}
