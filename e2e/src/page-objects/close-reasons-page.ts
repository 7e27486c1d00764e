import type { ConnectInfo } from "@curfew/client";
import type { ConfigInput } from "@curfew/proxy";
import type { IssueRequest } from "@curfew/proxy/admin";
import { expect, type Locator, type Page } from "@playwright/test";
import { GatewayProcess } from "../servers/gateway-process.ts";
import type { ElementType } from "../console-types.ts";

/** The page in `pages/close-reasons`, and everything that a test starts behind it, which is closed with it. */
export class CloseReasonsPage implements AsyncDisposable {
  readonly page: Page;
  /** The worker's gateway, which enforces deadlines. */
  readonly sharedGateway: GatewayProcess;
  readonly #origin: string;
  readonly #things: AsyncDisposable[] = [];
  #asked = 0;

  constructor(page: Page, origin: string, sharedGateway: GatewayProcess) {
    this.page = page;
    this.sharedGateway = sharedGateway;
    this.#origin = origin;
  }

  /** How often the page asked for access. */
  get asked(): number {
    return this.#asked;
  }

  /** Where the page says why the console ended. */
  get end(): Locator {
    return this.page.locator("section");
  }

  /** Closes what the test starts at its end. */
  async use<Thing extends AsyncDisposable>(starting: Promise<Thing>): Promise<Thing> {
    const thing = await starting;
    this.#things.push(thing);
    return thing;
  }

  /** Starts a real gateway of the test's own that accepts connections from these origins, by default this page's. */
  startGateway(config: ConfigInput = {}, allowed: readonly string[] = [this.#origin]): Promise<GatewayProcess> {
    return this.use(GatewayProcess.start({ ...config, console: { allowed_origins: allowed } }));
  }

  /**
   * Opens the page. `grant` returns what the page gets when it asks for access; null refuses it. With `reconnects` it
   * connects again by itself.
   */
  async open(
    type: ElementType,
    grant: () => ConnectInfo | null | Promise<ConnectInfo | null>,
    { reconnects = false } = {},
  ): Promise<void> {
    await this.page.exposeFunction("access", async () => {
      this.#asked += 1;
      return await grant();
    });
    await this.page.goto(`${this.#origin}/close-reasons/?type=${type}${reconnects ? "&reconnects" : ""}`);
  }

  /** Opens the page on a console behind the gateway, with a token of its own for each connection. */
  async openThrough(
    gateway: GatewayProcess,
    request: Omit<IssueRequest, "type" | "ttl"> & { type: ElementType; ttl?: number },
  ): Promise<void> {
    await this.open(request.type, async () => {
      const { token } = await gateway.issue({ ttl: 300, ...request });
      return { url: gateway.socketUrl, token };
    });
  }

  async connected(): Promise<void> {
    await expect(this.page.getByRole("status")).toHaveText("Connected", { timeout: 20_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of this.#things.splice(0).toReversed()) await thing[Symbol.asyncDispose]();
  }
}
