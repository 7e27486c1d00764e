/** What a reply of Redis or Valkey may take. */
export interface ReplyLimits {
  /** How many bytes it may have. */
  readonly maxBytes: number;
  /** How many values it may have, with those within others. */
  readonly maxValues: number;
}

/** How deep values may be within others. */
const MAX_DEPTH = 16;

/** How long a number, or the length of what follows, may be, in bytes. */
const MAX_NUMBER_BYTES = 64;

const CR = 0x0d;
const LF = 0x0a;

/** The types of RESP3 that have no other length than their line. */
const LINES: ReadonlySet<string> = new Set(["+", "-"]);
const NUMBERS: ReadonlySet<string> = new Set([":", ",", "("]);

/** Those whose line says how many bytes follow, and how many values. */
const TEXTS: ReadonlySet<string> = new Set(["$", "!", "="]);
const VALUES: ReadonlySet<string> = new Set(["*", "~", ">", "%"]);

/** How the format of a text of the type `=` begins. */
const FORMAT_BYTES = 4;

/**
 * Reads along with what a server sends, and refuses a reply that is malformed, or too large, as soon as it says so: the
 * library reserves memory for as many values as a server announces, and keeps whatever comes.
 *
 * Source: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
 */
export class ReplyBound {
  readonly #limits: ReplyLimits;
  /** Of the reply that has begun. */
  #bytes = 0;
  #values = 0;
  /** How many values are still to come of each that has begun and has values. */
  readonly #open: number[] = [];
  /** How many bytes of a text are still to come. */
  #skip = 0;
  /** The type of the value whose line has begun, and the line, unless it is a text. */
  #type = "";
  #line = "";
  /** Whether only the end of the line is still to come. */
  #isEnding = false;

  constructor(limits: ReplyLimits) {
    this.#limits = limits;
  }

  /** @throws Error saying what is wrong with what the server sends. */
  take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) at = this.#skip > 0 ? this.#takeText(chunk, at) : this.#takeLine(chunk, at);
  }

  /** @returns where the next part begins. */
  #takeText(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#skip, chunk.length - at);
    this.#skip -= taken;
    if (this.#skip === 0) this.#endValue();
    return at + taken;
  }

  #takeLine(chunk: Buffer, at: number): number {
    if (this.#type === "") {
      this.#type = String.fromCharCode(chunk[at] ?? 0);
      this.#count(1);
      return at + 1;
    }
    if (this.#isEnding) {
      if (chunk[at] !== LF) throw malformed();
      this.#count(1);
      this.#endLine();
      return at + 1;
    }
    const cr = chunk.indexOf(CR, at);
    const end = cr === -1 ? chunk.length : cr;
    this.#count(end - at);
    if (!LINES.has(this.#type)) {
      if (this.#line.length + end - at > MAX_NUMBER_BYTES) throw malformed();
      this.#line += chunk.toString("latin1", at, end);
    }
    if (cr === -1) return end;
    this.#isEnding = true;
    return end + 1;
  }

  #endLine(): void {
    const [type, line] = [this.#type, this.#line];
    this.#type = "";
    this.#line = "";
    this.#isEnding = false;
    if (TEXTS.has(type)) this.#beginText(type, line);
    else if (VALUES.has(type)) this.#beginValues(type, line);
    else if (LINES.has(type) || NUMBERS.has(type) || /^(?:_|#[tf])$/.test(type + line)) this.#endValue();
    else throw malformed();
  }

  #beginText(type: string, line: string): void {
    if (type === "$" && line === "-1") return this.#endValue();
    const length = parseLength(line);
    if (type === "=" && length < FORMAT_BYTES) throw malformed();
    this.#skip = length + 2;
    this.#count(this.#skip);
  }

  #beginValues(type: string, line: string): void {
    if (type === "*" && line === "-1") return this.#endValue();
    const values = parseLength(line) * (type === "%" ? 2 : 1);
    this.#values += values;
    if (this.#values > this.#limits.maxValues) {
      throw new Error(`the server's reply has more than ${this.#limits.maxValues} values`);
    }
    if (values === 0) return this.#endValue();
    if (this.#open.push(values) > MAX_DEPTH) throw new Error(`the server's reply is more than ${MAX_DEPTH} deep`);
  }

  #endValue(): void {
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) {
      if (last === 1) continue;
      this.#open.push(last - 1);
      return;
    }
    this.#bytes = 0;
    this.#values = 0;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.maxBytes) {
      throw new Error(`the server's reply has more than ${this.#limits.maxBytes} bytes`);
    }
  }
}

function parseLength(line: string): number {
  if (!/^\d{1,15}$/.test(line)) throw malformed();
  return Number(line);
}

function malformed(): Error {
  return new Error("the server's reply is malformed");
}
