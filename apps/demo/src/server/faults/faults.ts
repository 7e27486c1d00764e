import type { FaultCard, ConsoleAccess } from "../../api-types.ts";
import { type FaultRecipe, faultRecipes, type FaultyServer, lifetime } from "./fault-recipes.ts";
import type { Gateways } from "../gateways/gateways.ts";
import { accessOf } from "../gateways/console-access.ts";

/** The scripted faults. Each has its own fake server, a new one each time it is opened. */
export class Faults implements AsyncDisposable {
  readonly #gateways: Gateways;
  readonly #recipes: readonly FaultRecipe[];
  /** Seconds until a fault takes effect. */
  readonly #delay: number;
  readonly #servers = new Map<string, FaultyServer>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** The faults that take effect after their session has started. */
  readonly #waiting = new Set<string>();
  /** The sessions that replace a console's session. */
  readonly #replacements = new Map<string, WebSocket>();

  /** @param delay - seconds until a fault takes effect */
  constructor(gateways: Gateways, delay: number) {
    this.#gateways = gateways;
    this.#recipes = faultRecipes(delay);
    this.#delay = delay;
  }

  get(id: string): FaultRecipe | undefined {
    return this.#recipes.find((recipe) => recipe.id === id);
  }

  /** The faults for the page. */
  cards(): readonly FaultCard[] {
    return this.#recipes.map(({ id, name, type, about }) => ({ id, name, type, about }));
  }

  /** Sets the fault up again and issues a token. */
  async open(recipe: FaultRecipe): Promise<ConsoleAccess> {
    await this.#close(recipe.id);
    if (recipe.start !== undefined) this.#servers.set(recipe.id, await recipe.start());
    if (recipe.later === "accept") this.#actLater(recipe);
    else if (recipe.later !== undefined) this.#waiting.add(recipe.id);
    return await this.reopen(recipe);
  }

  /** Handles the start of a session; ids of machines are ignored. */
  sessionOpened(id: string): void {
    const recipe = this.get(id);
    if (recipe !== undefined && this.#waiting.delete(id)) this.#actLater(recipe);
  }

  /** Issues a token for a page that reconnects, without setting the fault up again. */
  async reopen(recipe: FaultRecipe): Promise<ConsoleAccess> {
    const opened = await this.#issue(recipe);
    return recipe.badToken === "open" ? { ...opened, token: "not-a-token" } : opened;
  }

  async renew(recipe: FaultRecipe): Promise<string> {
    return recipe.badToken === "renew" ? "not-a-token" : (await this.#issue(recipe)).token;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#recipes.map(({ id }) => this.#close(id)));
  }

  async #issue(recipe: FaultRecipe): Promise<ConsoleAccess> {
    const { id, name, type, ttl = lifetime(this.#delay), gateway = "enforcing", options = {} } = recipe;
    const { admin, origin } = this.#gateways.get(gateway);
    // A name: for an address that it never dials, the gateway issues no token.
    const own = recipe.targetsGateway === true ? `localhost:${new URL(origin).port}` : undefined;
    const target = this.#servers.get(id)?.address ?? recipe.target ?? own;
    if (target === undefined) throw new Error(`the fault ${id} was not opened`);
    const issued = await admin.issueToken({ type, target, ttl, instance: id, name });
    return { ...accessOf(issued, origin), options };
  }

  #actLater(recipe: FaultRecipe): void {
    const act = (): void => void this.#act(recipe).catch((error: unknown) => console.error(error));
    this.#timers.set(recipe.id, setTimeout(act, this.#delay * 1000));
  }

  async #act(recipe: FaultRecipe): Promise<void> {
    const { id, gateway = "enforcing", later } = recipe;
    if (later === "accept") await this.#servers.get(id)?.accept?.();
    if (later === "terminate") await this.#gateways.get(gateway).admin.endSessions({ instance: id });
    if (later === "restart") await this.#gateways.restart(gateway);
    if (later === "replace") {
      const { url, token } = await this.#issue(recipe);
      this.#replacements.set(id, new WebSocket(`${url}/?token=${token}`));
    }
  }

  async #close(id: string): Promise<void> {
    this.#waiting.delete(id);
    clearTimeout(this.#timers.get(id));
    this.#replacements.get(id)?.close();
    this.#replacements.delete(id);
    await this.#servers.get(id)?.[Symbol.asyncDispose]();
    this.#servers.delete(id);
  }
}
