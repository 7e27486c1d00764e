import { unlessAborted } from "../../../time/unless-aborted.ts";
import type { Row } from "../../../database/driver.ts";
import type { ConsoleValidation, NovaCell, NovaConsole, NovaSourceOptions } from "../options.ts";
import { checkUpgradeLevel } from "./compute-target.ts";
import { ComputeVersion } from "./compute-version.ts";
import { ConsolePortValidator } from "./console-port-validator.ts";
import type { NovaRpcOptions } from "./options.ts";
import type { NovaInstance } from "./request.ts";

const NO_TRANSPORT =
  "transport_url: expected a URL such as rabbit://user:password@host:5672/, with which nova.validate_console_port asks " +
  "nova-compute about each console; set that to skip if the database alone is to decide";

/** How many message queues a process is connected to. A cell whose queue has moved leaves its old one behind. */
const MAX_QUEUES = 64;

/** Validates consoles over the message queues of their cells: `validate_console_port` of nova-compute. */
export class RpcValidation implements ConsoleValidation {
  readonly instanceColumns: readonly string[] = ["id", "node", "user_id", "project_id", "hostname"];
  readonly #options: NovaRpcOptions;
  /** By transport URL, the one that was opened first in front. */
  readonly #validators = new Map<string, Promise<ConsolePortValidator>>();
  readonly #versions = new WeakMap<NovaCell, ComputeVersion>();

  private constructor(options: NovaRpcOptions) {
    this.#options = options;
  }

  /**
   * Reads the options, but connects only when the first console is to be validated.
   *
   * @throws Error that names the option that is wrong or missing.
   */
  static async open(source: NovaSourceOptions, options: NovaRpcOptions): Promise<RpcValidation> {
    checkUpgradeLevel(options.upgrade_levels_compute);
    const validation = new RpcValidation(options);
    const { api_database: apiDatabase, transport_url: transportUrl } = source;
    // Each cell of the API database has a queue of its own.
    if (typeof apiDatabase === "string") return validation;
    if (typeof transportUrl !== "string") throw new Error(NO_TRANSPORT);
    await validation.#validator(transportUrl);
    return validation;
  }

  async isValid(console: NovaConsole, signal: AbortSignal): Promise<boolean> {
    const { cell, port, consoleType, instance } = console;
    if (cell.transportUrl === undefined) throw new Error("the cell mapping has no transport_url that can be used");
    const validator = await unlessAborted(this.#validator(cell.transportUrl), signal);
    const isAuto = this.#options.upgrade_levels_compute === "auto";
    const serviceVersion = isAuto ? await this.#versionsOf(cell).current(signal) : undefined;
    return await validator.isValid({ port, consoleType, instance: toInstance(instance) }, serviceVersion, signal);
  }

  async health(signal: AbortSignal): Promise<void> {
    const opened = await Promise.all(this.#validators.values());
    await Promise.all(opened.map(async (validator) => await validator.health(signal)));
  }

  async close(): Promise<void> {
    const opened = [...this.#validators.values()];
    this.#validators.clear();
    await Promise.all(opened.map(closeOpened));
  }

  #versionsOf(cell: NovaCell): ComputeVersion {
    const known = this.#versions.get(cell) ?? new ComputeVersion(cell);
    this.#versions.set(cell, known);
    return known;
  }

  #validator(transportUrl: string): Promise<ConsolePortValidator> {
    const known = this.#validators.get(transportUrl);
    if (known !== undefined) return known;
    const [oldest] = this.#validators;
    if (oldest !== undefined && this.#validators.size >= MAX_QUEUES) {
      this.#validators.delete(oldest[0]);
      void closeOpened(oldest[1]);
    }
    const opening = ConsolePortValidator.open(transportUrl, this.#options);
    this.#validators.set(transportUrl, opening);
    // The next console tries again: a file may be there by then.
    opening.catch(() => this.#validators.delete(transportUrl));
    return opening;
  }
}

async function closeOpened(opening: Promise<ConsolePortValidator>): Promise<void> {
  try {
    await (await opening).close();
  } catch {
    // What did not open has nothing to close, and what does not close goes with the process.
  }
}

/** @throws Error that names a column with a value that Nova does not write. */
function toInstance(row: Row): NovaInstance {
  const id = Number(row["id"]);
  if (!Number.isSafeInteger(id) || id < 1) throw new Error("instances.id: expected a whole number");
  return {
    id,
    uuid: text(row, "uuid") ?? "",
    host: text(row, "host"),
    node: text(row, "node"),
    userId: text(row, "user_id"),
    projectId: text(row, "project_id"),
    displayName: text(row, "display_name"),
    hostname: text(row, "hostname"),
  };
}

function text(row: Row, column: string): string | null {
  const value = row[column];
  return typeof value === "string" ? value : null;
}
