import type { Socket } from "node:net";
import type { Fault } from "../faults/fault.ts";
import { FakeConnection } from "../net/connection.ts";
import type { RecordedEvent, EventLog, WaitOptions } from "../net/event-log.ts";
import type { ConnectionEvents } from "../net/server.ts";
import { handshake, type RfbVersion, type VncPhase } from "./handshake.ts";
import { BELL, type RfbClientMessage, readMessage, serverCutText } from "./messages.ts";
import type { PixelFormat } from "./pixel-format.ts";
import type { Rect, Size } from "./test-pattern.ts";
import type { ServerKey } from "./server-key.ts";
import { type Shown, UpdateEncoder, type VncEncoding } from "./update-encoder.ts";

/** What a fake VNC server records. */
export interface VncEvents extends ConnectionEvents {
  /** The client chose a protocol version. */
  readonly version: RecordedEvent & { readonly version: RfbVersion };
  /** The client answered the VNC authentication challenge, or gave its credentials. */
  readonly auth: RecordedEvent & { readonly ok: boolean };
  readonly clientInit: RecordedEvent & { readonly shared: boolean };
  readonly pixelFormat: RecordedEvent & { readonly format: PixelFormat };
  readonly encodings: RecordedEvent & { readonly encodings: readonly number[] };
  readonly updateRequest: RecordedEvent & { readonly incremental: boolean; readonly region: Rect };
  /** A key went down or up; `keysym` is X11's number for it. */
  readonly key: RecordedEvent & { readonly keysym: number; readonly down: boolean };
  /** The pointer's place and its buttons, one bit each, the left one lowest. */
  readonly pointer: RecordedEvent & { readonly x: number; readonly y: number; readonly buttons: number };
  readonly clipboard: RecordedEvent & { readonly text: string };
  /** The client asked for another desktop size (SetDesktopSize). */
  readonly resizeRequest: RecordedEvent & { readonly size: Size };
  /** Not received but sent: an update with the pixels of this test pattern went to the operating system completely. */
  readonly update: RecordedEvent & {
    readonly pattern: number;
    readonly rectangles: number;
    readonly encodings: readonly VncEncoding[];
    readonly bytes: number;
  };
}

/** What a connection needs to know of its server. */
export interface VncDesktop {
  readonly recorder: EventLog<VncEvents>;
  readonly version: RfbVersion;
  readonly password: string | undefined;
  readonly username: string | undefined;
  readonly key: ServerKey | undefined;
  readonly name: string;
  readonly encoding: VncEncoding | undefined;
  shown(): Shown;
  /** Whether a client may give the desktop this size. */
  accepts(size: Size): boolean;
  resize(size: Size): void;
}

type Details<Type extends keyof VncEvents> = Omit<VncEvents[Type], "connection">;

/** One client of a fake VNC server. */
export class VncConnection extends FakeConnection<VncPhase> {
  readonly #desktop: VncDesktop;
  #encoder: UpdateEncoder | undefined;
  #request: { readonly region: Rect; readonly incremental: boolean } | undefined;
  #updating = false;
  #updated = false;

  /** @internal Made by the server. */
  constructor(socket: Socket, number: number, faults: readonly Fault<VncPhase>[], desktop: VncDesktop) {
    super(socket, number, faults);
    this.#desktop = desktop;
  }

  /** The first event of this connection, past or future, that satisfies the predicate; as the server's `waitFor`. */
  waitFor<Type extends keyof VncEvents>(
    type: Type,
    predicate: (event: VncEvents[Type]) => boolean = () => true,
    options?: WaitOptions,
  ): Promise<VncEvents[Type]> {
    const mine = (event: VncEvents[Type]): boolean => event.connection === this.number && predicate(event);
    return this.#desktop.recorder.waitFor(type, mine, options);
  }

  /** Rings the client's bell, once the handshake is over. */
  bell(): void {
    this.#say(BELL);
  }

  /** Puts text on the client's clipboard, once the handshake is over. Latin-1 only. */
  sendClipboard(text: string): void {
    this.#say(serverCutText(text));
  }

  /** Sends an update if one was asked for and something changed. */
  refresh(): void {
    void this.#update().catch(() => {});
  }

  /** @internal */
  protected override async serve(): Promise<void> {
    const desktop = this.#desktop;
    const size = desktop.shown().framebuffer;
    await handshake(
      this.output,
      this.reader,
      { ...desktop, size },
      {
        versionChosen: (version) => this.#record("version", { version }),
        authenticated: (ok) => this.#record("auth", { ok }),
        clientInit: (shared) => this.#record("clientInit", { shared }),
      },
    );
    const encoder = new UpdateEncoder(size, desktop.encoding);
    this.#encoder = encoder;
    try {
      for (;;) this.#handle(await readMessage(this.reader), encoder);
    } finally {
      encoder[Symbol.dispose]();
    }
  }

  /** @internal */
  protected override problem(message: string): void {
    this.#record("problem", { message });
  }

  /** @internal */
  protected override flood(): Uint8Array {
    return this.#encoder?.encodeStateless(this.#desktop.shown()) ?? super.flood();
  }

  #handle(message: RfbClientMessage, encoder: UpdateEncoder): void {
    const { type, ...details } = message;
    this.#desktop.recorder.record(type, { connection: this.number, ...details });
    if (message.type === "pixelFormat") encoder.setPixelFormat(message.format);
    else if (message.type === "encodings") encoder.setEncodings(message.encodings);
    else if (message.type === "updateRequest") this.#demand(message);
    else if (message.type === "resizeRequest") {
      const accepted = this.#desktop.accepts(message.size);
      encoder.answerResize(1, accepted ? 0 : 1);
      if (accepted) this.#desktop.resize(message.size);
      this.refresh();
    }
  }

  /** A full request stays one when an incremental one follows before it was answered. */
  #demand({ region, incremental }: { readonly region: Rect; readonly incremental: boolean }): void {
    const waiting = this.#request;
    if (waiting === undefined || waiting.incremental) this.#request = { region, incremental };
    this.refresh();
  }

  /** One at a time: what is asked for meanwhile is looked at when the last update is out. */
  async #update(): Promise<void> {
    const encoder = this.#encoder;
    if (encoder === undefined || this.#updating) return;
    this.#updating = true;
    try {
      while (this.#request !== undefined && this.open) {
        const { region, incremental } = this.#request;
        const shown = this.#desktop.shown();
        if (!this.#updated) await this.output.enter("update");
        this.#updated = true;
        const request = this.#request;
        const update = await encoder.encode(shown, region, incremental);
        if (update === undefined) {
          if (this.#request === request && this.#desktop.shown() === shown) return;
          continue;
        }
        if (this.#request === request) this.#request = undefined;
        await this.output.write(update.bytes);
        const { bytes, rectangles, encodings } = update;
        this.#record("update", { pattern: shown.pattern, rectangles, encodings, bytes: bytes.length });
      }
    } finally {
      this.#updating = false;
    }
  }

  #say(message: Uint8Array): void {
    if (this.#encoder !== undefined && this.open) void this.output.write(message).catch(() => {});
  }

  #record<Type extends keyof VncEvents>(type: Type, details: Details<Type>): void {
    this.#desktop.recorder.record(type, { connection: this.number, ...details } as VncEvents[Type]);
  }
}
