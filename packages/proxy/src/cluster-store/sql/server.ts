import type { Dialect } from "./dialect.ts";
import type { Statements } from "./lane.ts";

/** What a connection leads to. */
interface Place {
  /** The server. */
  readonly identity: string;
  /** The session at the server. */
  readonly session: string;
}

/** The server that all connections of a gateway lead to, each with a session of its own. */
export class KnownServer {
  readonly #dialect: Dialect;
  readonly #first: Place;

  private constructor(dialect: Dialect, first: Place) {
    this.#dialect = dialect;
    this.#first = first;
  }

  /**
   * Asks one connection after the other, so that a pooler that shares out sessions gives them the same one.
   *
   * @throws Error when it cannot be written to, or connections lead to different servers or to the same session.
   */
  static async find(connections: readonly Statements[], dialect: Dialect): Promise<KnownServer> {
    const places: Place[] = [];
    for (const connection of connections) places.push(await locate(connection, dialect));
    const [first, ...others] = places;
    if (first === undefined) throw new Error("expected a connection");
    for (const other of others) checkSame(first, other);
    if (new Set(places.map(({ session }) => session)).size < places.length) throw pooled();
    return new KnownServer(dialect, first);
  }

  /** @throws Error when the first connection does not lead to the same any more, or that cannot be written to. */
  async check(first: Statements): Promise<void> {
    const place = await locate(first, this.#dialect);
    checkSame(this.#first, place);
    if (place.session !== this.#first.session) throw pooled();
  }
}

async function locate(statements: Statements, { state }: Dialect): Promise<Place> {
  const [row] = await statements.query(state, []);
  const { is_read_only: isReadOnly, unfit, identity, session } = Object(row) as Readonly<Record<string, unknown>>;
  // Written so that a server which does not say it is refused.
  if (Number(isReadOnly ?? 1) !== 0)
    throw new Error("expected a database that can be written to, but got a read-only one");
  if (typeof unfit === "string") throw new Error(unfit);
  return { identity: String(identity), session: String(session) };
}

function checkSame({ identity }: Place, other: Place): void {
  if (other.identity !== identity) {
    throw new Error(`expected one database server for all connections, but got ${identity} and ${other.identity}`);
  }
}

/** Its limits of time would hold for others, and not for the gateway. */
function pooled(): Error {
  return new Error(
    "expected a session of the database for each connection, but a pooler shares them out: with PgBouncer, set pool_mode = session",
  );
}
