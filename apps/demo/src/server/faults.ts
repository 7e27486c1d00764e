import type { OpenedConsole } from "../api-types.ts";
import { type FaultRecipe, faultRecipes, type FaultyServer } from "./fault-recipes.ts";
import type { Gateways } from "./gateways.ts";
import { grantOf } from "./grant.ts";

/** How long after its opening something happens to a console, in milliseconds. */
const LATER_MS = 3000;

/** Seconds that a fault's console lasts; tests wait less. */
const DEFAULT_TTL = Number(process.env["CURFEW_DEMO_FAULT_TTL"] ?? 12);

/** The scripted faults: each has a fake server of its own, a new one whenever it is opened. */
export class Faults implements AsyncDisposable {
  readonly #gateways: Gateways;
  readonly #servers = new Map<string, FaultyServer>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(gateways: Gateways) {
    this.#gateways = gateways;
  }

  get(id: string): FaultRecipe | undefined {
    return faultRecipes.find((recipe) => recipe.id === id);
  }

  /** Sets the fault up anew and says how to open it. */
  async open(recipe: FaultRecipe): Promise<OpenedConsole> {
    await this.#close(recipe.id);
    if (recipe.start !== undefined) this.#servers.set(recipe.id, await recipe.start());
    if (recipe.later !== undefined) {
      const act = (): void => void this.#act(recipe).catch((error: unknown) => console.error(error));
      this.#timers.set(recipe.id, setTimeout(act, LATER_MS));
    }
    return await this.reopen(recipe);
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
    await Promise.all(faultRecipes.map(({ id }) => this.#close(id)));
  }

  async #issue(recipe: FaultRecipe): Promise<OpenedConsole> {
    const { id, name, type, ttl = DEFAULT_TTL, gateway = "enforcing", options = {} } = recipe;
    const target = this.#servers.get(id)?.address ?? recipe.target;
    if (target === undefined) throw new Error(`the fault ${id} was not opened`);
    const { operator, origin } = this.#gateways.get(gateway);
    const issued = await operator.issueToken({ type, target, ttl, instance: id, name });
    return { ...grantOf(issued, origin), options };
  }

  async #act({ id, gateway = "enforcing", later }: FaultRecipe): Promise<void> {
    if (later === "accept") await this.#servers.get(id)?.accept();
    if (later === "terminate") await this.#gateways.get(gateway).operator.endInstance(id);
    if (later === "restart") await this.#gateways.restart(gateway);
  }

  async #close(id: string): Promise<void> {
    clearTimeout(this.#timers.get(id));
    await this.#servers.get(id)?.[Symbol.asyncDispose]();
    this.#servers.delete(id);
  }
}
