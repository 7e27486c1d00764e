import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import { readdir } from "node:fs/promises";
import type { Duplex } from "node:stream";
import type { ConsoleType } from "@curfew/protocol";
import { type ConfiguredConnectionLimits, connectionLimits } from "../limits/connection-limits.ts";
import type { ConnectionSlots } from "../limits/connection-slots.ts";
import type { Address } from "../net/address.ts";
import { sessionCapacity } from "../net/descriptors.ts";
import { listenAt, stopAccepting } from "../net/listen.ts";
import { listenAtDescriptor, listenAtPath, pathOfDescriptor } from "../net/listen-at-socket.ts";
import { parseAllowedOrigin, parseFrameAncestor } from "../net/origin.ts";
import type { OwnListeners } from "../net/own-listeners.ts";
import type { TrustedProxies } from "../net/trusted-proxies.ts";
import type { SessionRegistry } from "../sessions/registry.ts";
import type { EventSink } from "../telemetry/events.ts";
import { logError, type Logger } from "../telemetry/log.ts";
import { type AccessOptions, createAccessCheck } from "./access.ts";
import { basePathOf } from "./base-path.ts";
import { ConnectionGuard } from "./connection-guard.ts";
import { RequestClients } from "./forwarding/request-clients.ts";
import { createPageHandler, type RequestHandler } from "./page/handler.ts";
import { loadPageFiles, type PageFiles } from "./page/files.ts";
import type { ClipboardDirection, OpenerPolicy } from "./page/origin-policy.ts";
import { refuseMalformedRequests } from "./malformed-requests.ts";
import { createPublicServer, type PublicServer } from "./public-server.ts";
import { RequestOrder } from "./request-order.ts";
import { readTarget } from "./request-target.ts";
import type { TokenPlace } from "./request-token.ts";
import type { TlsMinimum } from "./tls/server.ts";
import { createUpgradeHandler, refuseRequest, type UpgradeHandler } from "./upgrade.ts";

/** The options of a public listener, as configured. */
export interface PublicListenerConfig {
  readonly listen: Address;
  readonly unix_listen: string | null;
  readonly unix_listen_mode: string;
  readonly listen_fd: number | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly key_password: string | null;
  readonly client_ca: string | null;
  readonly ssl_only: boolean;
  readonly web: string | null;
  readonly connections: ConfiguredConnectionLimits;
  readonly access: AccessOptions;
  readonly tokens: { readonly from: TokenPlace };
  readonly console: {
    readonly allowed_origins: readonly string[];
    readonly frame_ancestors: readonly string[] | null;
    readonly opener_policy: OpenerPolicy;
    readonly page: boolean;
    readonly start_page: ConsoleType;
    readonly renew_paths: readonly string[];
    readonly contact_url: string | null;
    readonly clipboard: ClipboardDirection;
    readonly clipboard_max_bytes: number | null;
    readonly base_url: string | null;
    readonly ssl_minimum_version: TlsMinimum;
    readonly ssl_ciphers: string | null;
  };
}

/** What can be changed while it listens. */
type ListenerChanges = Pick<PublicListenerConfig, "access" | "console" | "connections">;

/** What a {@link PublicListener} needs of its gateway. */
export interface PublicListenerContext {
  readonly sessions: SessionRegistry;
  /** Whether the gateway is shutting down and takes no new sessions. */
  readonly draining: () => boolean;
  readonly readiness: () => Promise<string>;
  readonly events: EventSink;
  /** Told of the servers, so that no session dials them. */
  readonly own: OwnListeners;
  readonly trusted: TrustedProxies;
  readonly log: Logger;
  /** Whether other processes listen at the same port, too. @defaultValue false */
  readonly sharesPort?: boolean | undefined;
  /** The same in all workers, so that a TLS session can be resumed at any. @defaultValue random bytes */
  readonly ticketSecret?: Buffer | undefined;
}

/** Where browsers connect: WebSockets, the console page, `/healthz` and `/readyz`. */
export class PublicListener {
  readonly handleUpgrade: UpgradeHandler;
  readonly handleRequest: RequestHandler;
  /** When the certificate in use expires, in milliseconds since the epoch; 0 until there is one. */
  certificateExpiry = 0;
  /** The Unix socket where it listens; undefined for none, or while it does not listen. */
  socketPath: string | undefined;
  #config: PublicListenerConfig;
  readonly #context: PublicListenerContext;
  readonly #guard: ConnectionGuard;
  readonly #order = new RequestOrder();
  readonly #clients: RequestClients;
  #files: PageFiles | undefined;
  #upgrade: UpgradeHandler;
  #answer: RequestHandler;
  #made: PublicServer | undefined;

  constructor(config: PublicListenerConfig, context: PublicListenerContext) {
    this.#config = config;
    this.#context = context;
    const { events, trusted } = context;
    this.#guard = new ConnectionGuard(
      connectionLimits(config.connections, sessionCapacity(1)),
      (refusal) => events.notify({ type: "connection_refused", ...refusal }),
      trusted,
    );
    this.#clients = new RequestClients(trusted, this.#guard);
    this.#upgrade = this.#createUpgradeHandler();
    this.#answer = this.#createPageHandler();
    this.handleUpgrade = (request, socket, head) => this.#upgrade(request, socket, head);
    this.handleRequest = (request, response) => this.#answer(request, response);
  }

  /**
   * From now on, these rules of access, origins, this page and these limits of connections count. What is open stays
   * open.
   */
  configure({ access, console: options, connections }: ListenerChanges): void {
    this.#config = { ...this.#config, access, console: options, connections };
    this.#guard.slots.configure(connectionLimits(connections, sessionCapacity(1)));
    this.#upgrade = this.#createUpgradeHandler();
    this.#answer = this.#createPageHandler();
  }

  /**
   * Takes a changed certificate into use at once.
   *
   * @param clientCa - the authorities of clients' certificates, as PEM; undefined where they need none.
   */
  async reloadCertificate(clientCa: string | undefined): Promise<void> {
    await this.#made?.reloadCertificate(clientCa);
  }

  #createUpgradeHandler(): UpgradeHandler {
    const { client_ca, console: options } = this.#config;
    const allowedOrigins = options.allowed_origins.map(parseAllowedOrigin);
    return createUpgradeHandler({
      ...this.#context,
      // Behind a proxy that changes Host, the page's own origin is known from its address alone.
      allowedOrigins: options.base_url === null ? allowedOrigins : [...allowedOrigins, originOf(options.base_url)],
      order: this.#order,
      guard: this.#guard,
      clients: this.#clients,
      needsCertificate: client_ca !== null,
      access: this.#config.access,
      tokenFrom: this.#config.tokens.from,
    });
  }

  #createPageHandler(): RequestHandler {
    const { access, client_ca, web, ssl_only, console: options } = this.#config;
    const allowedOrigins = options.allowed_origins.map(parseAllowedOrigin);
    return createPageHandler({
      policy: {
        allowedOrigins,
        frameAncestors: options.frame_ancestors?.map(parseFrameAncestor) ?? allowedOrigins,
        renewPaths: options.renew_paths,
        contactUrl: options.contact_url,
        clipboard: options.clipboard,
        clipboardMaxBytes: options.clipboard_max_bytes,
        openerPolicy: options.opener_policy,
      },
      readiness: this.#context.readiness,
      order: this.#order,
      clients: this.#clients,
      needsCertificate: client_ca !== null,
      events: this.#context.events,
      checkAccess: access.page ? createAccessCheck(access) : undefined,
      web,
      page: options.page,
      files: () => (this.#files ??= loadPageFiles()),
      startPage: options.start_page,
      tlsOnly: ssl_only,
      basePath: basePathOf(options.base_url),
    });
  }

  /** The connections of the listener. Those of other servers are not counted. */
  get connections(): ConnectionSlots {
    return this.#guard.slots;
  }

  /** Takes over upgrade requests of a server under `path`. @returns a function that detaches from it. */
  attach(server: Server, path: string): () => void {
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      const target = readTarget(request);
      // One that is wrong is refused there.
      if (target === undefined || target.path.startsWith(path)) this.handleUpgrade(request, socket, head);
      // Node leaves an upgrade to its listeners alone: with no other one it would hang for ever.
      else if (server.listenerCount("upgrade") === 1) refuseRequest(socket, 404, "There is nothing at this address.");
    };
    server.on("upgrade", onUpgrade);
    const forget = this.#context.own.watch(server);
    return () => {
      server.off("upgrade", onUpgrade);
      forget();
    };
  }

  /**
   * Listens at `listen`, over TLS with `cert`.
   *
   * @returns where, as a URL without a path.
   * @throws Error naming the address, or what is wrong with the certificate or the folder.
   */
  async listen(): Promise<string> {
    const { cert, key, key_password: passphrase, client_ca, ssl_only, web, console: options } = this.#config;
    const { events, log, sharesPort = false, ticketSecret = randomBytes(32) } = this.#context;
    if (web !== null) await checkFolder(web);
    const versions = { minimumVersion: options.ssl_minimum_version, ciphers: options.ssl_ciphers };
    const made = await createPublicServer({
      tls:
        cert === null
          ? undefined
          : { cert, key, passphrase, ...versions, allowsPlain: !ssl_only, clientCa: client_ca, ticketSecret },
      handler: this.handleRequest,
      guard: this.#guard,
      log,
      certificateUsed: (validTo) => (this.certificateExpiry = validTo.getTime()),
    });
    const { server } = made;
    this.attach(server, "/");
    refuseMalformedRequests(server, this.#order, (request) => events.notify({ type: "upgrade_refused", ...request }));
    // Node would close the connection without a word. The method is refused as that of an upgrade is.
    server.on("connect", this.handleUpgrade);
    const authority = await this.#listenAsConfigured(server, sharesPort);
    server.on("error", (error) => logError(log, { level: "warn", error }, "a connection could not be accepted"));
    this.#made = made;
    return `${cert === null ? "http" : "https"}://${authority}`;
  }

  /** @returns the authority of a URL that a browser on this machine can open, if the listener has one. */
  async #listenAsConfigured(server: Server, sharesPort: boolean): Promise<string> {
    const { listen, unix_listen: path, unix_listen_mode: mode, listen_fd: fd, cert } = this.#config;
    if (path !== null) {
      this.socketPath = path;
      return await listenAtPath(server, path, Number.parseInt(mode, 8));
    }
    if (fd !== null) {
      const authority = await listenAtDescriptor(server, fd, cert === null ? undefined : "cert");
      this.socketPath = await pathOfDescriptor(fd);
      if (this.socketPath !== undefined) this.#context.own.addPath(this.socketPath);
      return authority;
    }
    return await listenAt(server, listen, "listen", { sharesPort });
  }

  /** Accepts no more connections. @returns closes those that are left; the connections of sessions stay. */
  stopAccepting(): () => Promise<void> {
    if (this.#made === undefined) return async () => {};
    const { server, destroyUnknown } = this.#made;
    const close = stopAccepting(server);
    return async () => {
      destroyUnknown();
      await close();
    };
  }
}

/** @throws Error naming the option and the folder. */
async function checkFolder(web: string): Promise<void> {
  await readdir(web).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`web: ${web} cannot be read: ${error.code ?? error.message}`);
  });
}

function originOf(url: string): ReturnType<typeof parseAllowedOrigin> {
  return parseAllowedOrigin(new URL(url).origin);
}
