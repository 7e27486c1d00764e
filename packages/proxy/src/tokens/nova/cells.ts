import { parseDatabaseUrl } from "../../database/database-url.ts";
import { Cell } from "./cell.ts";
import { fillCellTemplate } from "./cell-template.ts";
import { Database } from "./database.ts";
import type { Row } from "../../database/driver.ts";
import type { ConsoleValidation, NovaSourceOptions } from "./options.ts";
import { CELL_MAPPINGS } from "./statements.ts";

/** Where Nova keeps instances that no host took: they have no consoles. */
const CELL0 = "00000000-0000-0000-0000-000000000000";

/** How long a list of cells is used, in milliseconds. */
const REFRESH_MS = 60_000;

/** What a set of cells is made with. */
export interface CellsOptions {
  readonly options: NovaSourceOptions;
  readonly validation: ConsoleValidation | undefined;
  /** Test seam. */
  readonly refreshMs?: number;
  /** Test seam. */
  readonly now?: () => number;
}

/** The cells that tokens are looked up in. */
export interface KnownCells {
  readonly cells: readonly Cell[];
  /** Why there may be more cells than these, or undefined when these are all. */
  readonly unsure: Error | undefined;
}

/** Nova's cells. */
export interface Cells {
  /** The cells as far as they are known. */
  current(signal: AbortSignal): Promise<KnownCells>;
  close(): Promise<void>;
}

/**
 * The cells of a configuration: those of the API database, or the one cell database.
 *
 * @throws TypeError when a URL is wrong, or there is none.
 * @throws Error that names a TLS file which cannot be read.
 */
export async function openCells(given: CellsOptions): Promise<Cells> {
  const { database, api_database: apiDatabase, transport_url: transportUrl } = given.options;
  if (apiDatabase !== undefined && apiDatabase !== null) return await MappedCells.open(apiDatabase, given);
  if (database !== undefined && database !== null) {
    const name = "the cell database";
    const opened = await openDatabase(given, database, given.options.max_connections);
    return new OneCell(new Cell({ name, transportUrl: transportUrl ?? undefined, database: opened }, given));
  }
  throw new TypeError("expected database or api_database");
}

/** Opens one of the databases. */
async function openDatabase({ options }: CellsOptions, url: string, maxConnections: number): Promise<Database> {
  return await Database.open(parseDatabaseUrl(url), { maxConnections, timeoutMs: options.timeout * 1000 });
}

class OneCell implements Cells {
  readonly #cell: Cell;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  async current(): Promise<KnownCells> {
    return { cells: [this.#cell], unsure: undefined };
  }

  async close(): Promise<void> {
    await this.#cell.close();
  }
}

/** A row of `cell_mappings`, with the templates filled. */
interface MappedCell {
  readonly uuid: string;
  readonly name: string;
  readonly url: string;
  readonly transportUrl: string | undefined;
  readonly maxConnections: number;
}

interface OpenCell {
  /** What the cell was opened with; another one means that it has changed. */
  readonly key: string;
  readonly cell: Cell;
}

/**
 * The cells of the API database, read again when the list is older than a minute. While that fails, the last list is
 * used, and a token that is in none of its cells cannot be called unknown.
 */
class MappedCells implements Cells {
  readonly #given: CellsOptions;
  readonly #api: Database;
  readonly #open = new Map<string, OpenCell>();
  #known: KnownCells | undefined;
  /** Until when the list counts, on the monotonic clock. */
  #until = 0;
  #refreshing: Promise<KnownCells> | undefined;
  #closed = false;

  private constructor(given: CellsOptions, api: Database) {
    this.#given = given;
    this.#api = api;
  }

  static async open(url: string, given: CellsOptions): Promise<MappedCells> {
    return new MappedCells(given, await openDatabase(given, url, 1));
  }

  async current(signal: AbortSignal): Promise<KnownCells> {
    if (this.#known !== undefined && performance.now() < this.#until) return this.#known;
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    const refreshing = this.#refreshing;
    refreshing.catch(() => {});
    signal.throwIfAborted();
    return await refreshing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#api.close(), ...[...this.#open.values()].map(async ({ cell }) => await cell.close())]);
  }

  async #refresh(): Promise<KnownCells> {
    try {
      const rows = await this.#api.query(CELL_MAPPINGS, [], new AbortController().signal);
      this.#known = await this.#update(rows.filter(({ uuid }) => uuid !== CELL0));
      this.#until = performance.now() + (this.#given.refreshMs ?? REFRESH_MS);
      return this.#known;
    } catch (cause) {
      if (this.#known === undefined) throw cause;
      return { cells: this.#known.cells, unsure: new Error("the API database does not tell the cells", { cause }) };
    }
  }

  /** Opens new and changed cells, closes those that are gone, and leaves the others as they are. */
  async #update(rows: readonly Row[]): Promise<KnownCells> {
    const { max_connections: max } = this.#given.options;
    const maxConnections = Math.max(1, Math.floor((max - 1) / Math.max(1, rows.length)));
    let unsure: Error | undefined;
    const cells = new Map<string, Cell>();
    for (const row of rows) {
      const name = cellName(row);
      try {
        const mapped = this.#fill(row, name, maxConnections);
        cells.set(mapped.uuid, await this.#openMapped(mapped));
      } catch (cause) {
        const { message } = cause as Error;
        unsure ??= new Error(`the cell ${name} cannot be opened: ${message}`, { cause });
      }
    }
    for (const [uuid, { cell }] of this.#open) {
      if (cells.has(uuid) || unsure !== undefined) continue;
      this.#open.delete(uuid);
      void cell.close().catch(ignore);
    }
    return { cells: [...cells.values()], unsure };
  }

  #fill(row: Row, name: string, maxConnections: number): MappedCell {
    const { database, transport_url: transportUrl } = this.#given.options;
    const { uuid, database_connection: url, transport_url: queue } = row;
    if (typeof uuid !== "string" || typeof url !== "string") throw new TypeError("the cell mapping has no database");
    return {
      uuid,
      name,
      url: fillCellTemplate(url, database ?? undefined),
      // Only the validation of consoles needs it, and says so when it is missing.
      transportUrl: typeof queue === "string" ? fillOrUndefined(queue, transportUrl ?? undefined) : undefined,
      maxConnections,
    };
  }

  async #openMapped(mapped: MappedCell): Promise<Cell> {
    const key = JSON.stringify(mapped);
    const known = this.#open.get(mapped.uuid);
    if (known?.key === key) return known.cell;
    const { name, transportUrl, url, maxConnections } = mapped;
    const mapping = { name, transportUrl, database: await openDatabase(this.#given, url, maxConnections) };
    const cell = known?.cell ?? new Cell(mapping, this.#given);
    this.#open.set(mapped.uuid, { key, cell });
    if (known !== undefined) void cell.move(mapping).catch(ignore);
    if (this.#closed) await cell.close();
    return cell;
  }
}

function ignore(): void {}

function fillOrUndefined(template: string, source: string | undefined): string | undefined {
  try {
    return fillCellTemplate(template, source);
  } catch {
    return undefined;
  }
}

function cellName({ name, uuid }: Row): string {
  return typeof name === "string" && name !== "" ? name : String(uuid);
}
