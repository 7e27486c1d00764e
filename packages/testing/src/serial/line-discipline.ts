const BACKSPACE = 0x08;
const DELETE = 0x7f;
const INTERRUPT = 0x03;
const END_OF_FILE = 0x04;
const KILL_LINE = 0x15;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What the line discipline tells its user. */
export interface LineEvents {
  /** Bytes to send back. */
  echo(bytes: Uint8Array): void;
  /** A line was finished. */
  line(text: string): void;
  /** Ctrl-C; the line so far is gone. */
  interrupt(): void;
  /** Ctrl-D on an empty line. */
  endOfFile(): void;
}

/**
 * A terminal's cooked mode, as far as a console needs it: echo, editing (backspace, Ctrl-U), Ctrl-C, Ctrl-D, and
 * CR, LF or CR LF as the end of a line.
 */
export class LineDiscipline {
  /** Off while a password is typed. */
  echoing = true;
  readonly #events: LineEvents;
  #line: number[] = [];
  /** What is to be sent back of the input that is being taken. */
  #echo: number[] = [];
  #afterReturn = false;

  constructor(events: LineEvents) {
    this.#events = events;
  }

  /** Takes what the user typed. What comes together is sent back together: a long paste would be millions of writes. */
  input(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(byte);
    this.#sendEcho();
  }

  #byte(byte: number): void {
    const secondOfPair = this.#afterReturn && byte === LINE_FEED;
    this.#afterReturn = byte === CARRIAGE_RETURN;
    if (secondOfPair) return;
    switch (byte) {
      case CARRIAGE_RETURN:
      case LINE_FEED:
        this.#echo.push(CARRIAGE_RETURN, LINE_FEED);
        this.#sendEcho();
        this.#events.line(this.#take());
        return;
      case BACKSPACE:
      case DELETE:
        this.#erase();
        return;
      case KILL_LINE:
        while (this.#line.length > 0) this.#erase();
        return;
      case INTERRUPT:
        this.#take();
        this.#echo.push(...Buffer.from("^C\r\n"));
        this.#sendEcho();
        this.#events.interrupt();
        return;
      case END_OF_FILE:
        if (this.#line.length === 0) this.#events.endOfFile();
        return;
      default:
        if (byte < 0x20) return;
        this.#line.push(byte);
        if (this.echoing) this.#echo.push(byte);
    }
  }

  /** Removes one character, which may be several bytes of UTF-8. */
  #erase(): void {
    let last = this.#line.pop();
    if (last === undefined) return;
    while (last !== undefined && (last & 0xc0) === 0x80) last = this.#line.pop();
    if (this.echoing) this.#echo.push(...Buffer.from("\b \b"));
  }

  #sendEcho(): void {
    if (this.#echo.length === 0) return;
    this.#events.echo(Uint8Array.from(this.#echo));
    this.#echo = [];
  }

  #take(): string {
    const text = Buffer.from(this.#line).toString("utf8");
    this.#line = [];
    return text;
  }
}
