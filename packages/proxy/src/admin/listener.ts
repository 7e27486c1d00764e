import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Address } from "../net/address.ts";
import { hasDescriptorFor } from "../net/descriptors.ts";
import { listenAt, stopListening } from "../net/listen.ts";
import type { AdminOptions } from "./options.ts";

/** How long a request may take to arrive, in milliseconds: its headers, and all of it. Node looks once a second. */
const LIMITS = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 };

type AdminHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The listener of the admin API. */
export class AdminListener {
  readonly #server: Server = createServer(LIMITS);
  /** Loaded here, so that a gateway in another server does not load it at all. */
  readonly #handler: Promise<AdminHandler>;

  constructor(options: AdminOptions) {
    this.#handler = loadHandler(options);
    // `listen` reports the rejection.
    this.#handler.catch(() => {});
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
    const handle = await this.#handler;
    this.#server.on("request", (request, response) => void handle(request, response));
    return `http://${await listenAt(this.#server, address, "admin.listen")}`;
  }

  async close(): Promise<void> {
    await stopListening(this.#server);
  }
}

/** Everything is loaded before it listens: while it runs, an upgrade may replace the files of this package. */
async function loadHandler(options: AdminOptions): Promise<AdminHandler> {
  const [{ createAdminApi }, { getRequestListener }] = await Promise.all([
    import("./api.ts"),
    import("@hono/node-server"),
    options.status.loaded(),
  ]);
  return getRequestListener(createAdminApi(options).fetch, { overrideGlobalObjects: false });
}
