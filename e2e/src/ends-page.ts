import type { Grant } from "@curfew/client";
import type { ConfigInput } from "@curfew/proxy";
import { expect, type Locator, type Page } from "@playwright/test";
import { GatewayProcess, type IssueRequest } from "./gateway.ts";

/** The small page in `pages/ends`, with what a test starts behind it: all of it is gone after the test. */
export class EndsPage implements AsyncDisposable {
  readonly page: Page;
  readonly #origin: string;
  readonly #things: AsyncDisposable[] = [];
  #asked = 0;

  constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
  }

  /** How often the page asked for access. */
  get asked(): number {
    return this.#asked;
  }

  /** What the page says of an end. */
  get end(): Locator {
    return this.page.locator("section");
  }

  /** Keeps what the test started until its end. */
  async use<Thing extends AsyncDisposable>(starting: Promise<Thing>): Promise<Thing> {
    const thing = await starting;
    this.#things.push(thing);
    return thing;
  }

  /** A real gateway that takes connections of this page. */
  gateway(config: ConfigInput = {}): Promise<GatewayProcess> {
    return this.use(GatewayProcess.start({ ...config, console: { allowed_origins: [this.#origin] } }));
  }

  /** Opens the page; whenever it asks it gets what `grant` returns, null for a person who may not. */
  async open(type: "vnc" | "serial", grant: () => Grant | null | Promise<Grant | null>): Promise<void> {
    await this.page.exposeFunction("access", async () => {
      this.#asked += 1;
      return await grant();
    });
    await this.page.goto(`${this.#origin}/?type=${type}`);
  }

  /** Opens the page on a console behind the gateway, with a token of its own for each connection. */
  async openThrough(gateway: GatewayProcess, request: Omit<IssueRequest, "ttl"> & { ttl?: number }): Promise<void> {
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
