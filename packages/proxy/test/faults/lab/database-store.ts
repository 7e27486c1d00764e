import type { DatabaseSystem } from "../../../src/database/database-settings.ts";
import { TestDatabase } from "../../cluster-store/sql/test-database.ts";

/** The prefix that a configuration has where it says nothing else. */
const PREFIX = "curfew";

/** A database as the store of a cluster. */
export class DatabaseStore implements AsyncDisposable {
  readonly #database: TestDatabase;

  private constructor(database: TestDatabase) {
    this.#database = database;
  }

  static async start(system: DatabaseSystem): Promise<DatabaseStore> {
    return new DatabaseStore(await TestDatabase.start(system));
  }

  get url(): string {
    return this.#database.url();
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    if (name === "SIGSTOP") this.#database.server.freeze();
    else this.#database.server.thaw();
  }

  /** How many sessions count, and how many leases there are. */
  async slots(): Promise<{ readonly counted: number; readonly leases: number }> {
    const counters = this.#database.table(PREFIX, "counters");
    const [row] = await this.#database.run(`SELECT number FROM ${counters} WHERE name = 'leases'`);
    return { counted: Number(row?.["number"]), leases: await this.#database.count(PREFIX, "leases") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}
