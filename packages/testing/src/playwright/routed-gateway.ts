import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL } from "@curfew/protocol";
import type { BrowserContext, Page, WebSocketRoute } from "@playwright/test";
import { FakeGateway } from "../gateway/gateway.ts";
import type { PageSocket } from "../gateway/page-socket.ts";
import type { FakeGatewayOptions } from "../gateway/script.ts";
import { chooseSubprotocol } from "../gateway/subprotocol.ts";
import { dialTcp } from "../gateway/tcp-console-line.ts";
import { addressPattern } from "./address-pattern.ts";
import { addSubprotocolRule, type SubprotocolRule } from "./subprotocol-rule.ts";

const ABNORMAL = 1006;
/** Close code of a peer that closes without one (RFC 6455, section 7.1.5). */
const NO_STATUS = 1005;
/** How many bytes may be on their way to the page before its answer is awaited. */
const MAX_UNDERWAY = 256 * 1024;

/** A fake gateway inside a page: nothing listens anywhere, and no request leaves the browser. */
export class RoutedGateway extends FakeGateway {
  readonly #where: Page | BrowserContext;
  #stopped = false;

  /** @internal Use {@link routeConsole}. */
  constructor(where: Page | BrowserContext, options: FakeGatewayOptions) {
    super(options, dialTcp);
    this.#where = where;
  }

  /** @internal Takes over the pages' WebSockets to this address. */
  async take(url: string | RegExp): Promise<void> {
    const pattern = addressPattern(url);
    const known = this.subprotocol === SUBPROTOCOL ? [SUBPROTOCOL, FALLBACK_SUBPROTOCOL] : [FALLBACK_SUBPROTOCOL];
    const rule: SubprotocolRule = { source: pattern.source, flags: pattern.flags, known };
    await this.#where.routeWebSocket(pattern, (route) => this.#connected(route));
    await this.#where.addInitScript(addSubprotocolRule, rule);
    // Documents that are already loaded.
    const frames = this.#pages.flatMap((page) => page.frames());
    await Promise.all(frames.map((frame) => frame.evaluate(addSubprotocolRule, rule).catch(() => {})));
  }

  /** @internal */
  protected override async stop(): Promise<void> {
    this.#stopped = true;
    for (const session of this.sessions) {
      session.drop();
      // A page that is being closed no longer answers.
      session.socketClosed(ABNORMAL, "");
    }
  }

  get #pages(): Page[] {
    return "pages" in this.#where ? this.#where.pages() : [this.#where];
  }

  /** Messages and evaluations arrive in the order in which they were sent. */
  async #roundTrip(): Promise<void> {
    await Promise.all(this.#pages.map((page) => page.evaluate(() => {}).catch(() => {})));
  }

  #connected(route: WebSocketRoute): void {
    const offered = route.protocols();
    const protocol = chooseSubprotocol(offered, this.subprotocol);
    const script = this.#stopped ? undefined : this.nextScript();
    // Browsers fail a connection whose server chooses none of the offered subprotocols.
    if (script === undefined || (offered.length > 0 && protocol === "")) {
      void route.close({ code: ABNORMAL, reason: "" });
      return;
    }
    const session = this.welcome(new RoutedSocket(route, protocol, () => this.#roundTrip()), script);
    route.onMessage((data) => session.message(data));
    route.onClose((code = NO_STATUS, reason = "") => {
      // If the page closed first, it waits for this answer.
      void route.close({ code, reason }).catch(() => {});
      session.socketClosed(code, reason);
    });
  }
}

class RoutedSocket implements PageSocket {
  readonly path: string;
  readonly offered: readonly string[];
  readonly protocol: string;
  readonly #route: WebSocketRoute;
  readonly #roundTrip: () => Promise<void>;
  #underway = 0;

  constructor(route: WebSocketRoute, protocol: string, roundTrip: () => Promise<void>) {
    const { pathname, search } = new URL(route.url());
    this.path = pathname + search;
    this.offered = route.protocols();
    this.protocol = protocol;
    this.#route = route;
    this.#roundTrip = roundTrip;
  }

  async send(data: string | Uint8Array): Promise<void> {
    this.#route.send(typeof data === "string" ? data : Buffer.from(data.buffer, data.byteOffset, data.length));
    this.#underway += data.length;
    if (this.#underway < MAX_UNDERWAY) return;
    this.#underway = 0;
    await this.#roundTrip();
  }

  close(code: number, reason: string): void {
    void this.#route.close({ code, reason }).catch(() => {});
  }

  drop(): void {
    this.close(ABNORMAL, "");
  }
}

/**
 * Takes the place of a gateway inside the browser: a page's WebSockets to `url` are handled by the script and the test,
 * and never reach the network. Call it before the page connects.
 *
 * @param where - a page, or a context with all its pages, popups included
 * @param url - a regular expression, or the address, in which `**` stands for anything and `*` for anything but a slash
 * @throws RangeError for an option outside its range
 */
export async function routeConsole(
  where: Page | BrowserContext,
  url: string | RegExp,
  options: FakeGatewayOptions = {},
): Promise<RoutedGateway> {
  const gateway = new RoutedGateway(where, options);
  await gateway.take(url);
  return gateway;
}
