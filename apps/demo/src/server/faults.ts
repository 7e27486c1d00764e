import type { FaultCard, OpenedConsole } from "../api-types.ts";
import { type FaultRecipe, faultRecipes, type FaultyServer, lifetime } from "./fault-recipes.ts";
import type { Gateways } from "./gateways.ts";
import { grantOf } from "./grant.ts";

/** The scripted faults: each has a fake server of its own, a new one whenever it is opened. */
export class Faults implements AsyncDisposable {
  readonly #gateways: Gateways;
  readonly #recipes: readonly FaultRecipe[];
  /** Seconds until something happens to a console. */
  readonly #delay: number;
  readonly #servers = new Map<string, FaultyServer>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Those to which something happens once their session has begun. */
  readonly #waiting = new Set<string>();
  /** Those who take a console over. */
  readonly #others = new Map<string, WebSocket>();

  /** @param delay - seconds until what goes wrong does. */
  constructor(gateways: Gateways, delay: number) {
    this.#gateways = gateways;
    this.#recipes = faultRecipes(delay);
    this.#delay = delay;
  }

  get(id: string): FaultRecipe | undefined {
    return this.#recipes.find((recipe) => recipe.id === id);
  }

  /** What the page is told of them. */
  cards(): readonly FaultCard[] {
    return this.#recipes.map(({ id, name, type, line }) => ({ id, name, type, line }));
  }

  /** Sets the fault up anew and says how to open it. */
  async open(recipe: FaultRecipe): Promise<OpenedConsole> {
    await this.#close(recipe.id);
    if (recipe.start !== undefined) this.#servers.set(recipe.id, await recipe.start());
    if (recipe.later === "accept") this.#actLater(recipe);
    else if (recipe.later !== undefined) this.#waiting.add(recipe.id);
    return await this.reopen(recipe);
  }

  /** Somebody's session with a fault has begun; others are none of ours. */
  sessionOpened(id: string): void {
    const recipe = this.get(id);
    if (recipe !== undefined && this.#waiting.delete(id)) this.#actLater(recipe);
  }

  /** For the page that comes back after a loss: the fault goes on as it was. */
  async reopen(recipe: FaultRecipe): Promise<OpenedConsole> {
    const opened = await this.#issue(recipe);
    return recipe.badToken === "open" ? { ...opened, token: "not-a-token" } : opened;
  }

  async renew(recipe: FaultRecipe): Promise<string> {
    return recipe.badToken === "renew" ? "not-a-token" : (await this.#issue(recipe)).token;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#recipes.map(({ id }) => this.#close(id)));
  }

  async #issue(recipe: FaultRecipe): Promise<OpenedConsole> {
    const { id, name, type, ttl = lifetime(this.#delay), gateway = "enforcing", options = {} } = recipe;
    const target = this.#servers.get(id)?.address ?? recipe.target;
    if (target === undefined) throw new Error(`the fault ${id} was not opened`);
    const { operator, origin } = this.#gateways.get(gateway);
    const issued = await operator.issueToken({ type, target, ttl, instance: id, name });
    return { ...grantOf(issued, origin), options };
  }

  #actLater(recipe: FaultRecipe): void {
    const act = (): void => void this.#act(recipe).catch((error: unknown) => console.error(error));
    this.#timers.set(recipe.id, setTimeout(act, this.#delay * 1000));
  }

  async #act(recipe: FaultRecipe): Promise<void> {
    const { id, gateway = "enforcing", later } = recipe;
    if (later === "accept") await this.#servers.get(id)?.accept?.();
    if (later === "terminate") await this.#gateways.get(gateway).operator.endInstance(id);
    if (later === "restart") await this.#gateways.restart(gateway);
    if (later === "replace") {
      const { url, token } = await this.#issue(recipe);
      this.#others.set(id, new WebSocket(`${url}/?token=${token}`));
    }
  }

  async #close(id: string): Promise<void> {
    this.#waiting.delete(id);
    clearTimeout(this.#timers.get(id));
    this.#others.get(id)?.close();
    this.#others.delete(id);
    await this.#servers.get(id)?.[Symbol.asyncDispose]();
    this.#servers.delete(id);
  }
}
