import type { SpiceMainConn } from "@spice-project/spice-html5";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import type { ViewerCloseReason } from "../../connection/model/close-info.ts";
import { releaseCode } from "../keyboard/scan-codes.ts";
import { SpiceChannels } from "./channels.ts";
import { SpiceKeyboard } from "./keyboard.ts";
import type { SpiceView } from "./options.ts";
import { SpiceScreen } from "./screen.ts";
import { sendWholeTickets } from "./ticket.ts";

/** What this package uses of the library. */
export type SpiceLibrary = typeof SpiceMainConn;

/** A channel of the library's, as it notes it at the socket. */
type LibraryChannel = ConsoleChannel & { readonly parent?: Pick<SpiceMainConn, "onerror" | "cleanup" | "send_ticket"> };

/** The options of a {@link SpiceClient}. */
export interface SpiceClientOptions {
  readonly password: string;
  readonly label: string | undefined;
  /** Opens another socket with the address and the token of the main channel's. */
  readonly openSocket: () => WebSocket;
}

/** Callbacks of a {@link SpiceClient}. */
export interface SpiceClientOwner {
  /** The screen is shown, and keys reach the machine. */
  ready(): void;
  failed(detail: string, reason?: ViewerCloseReason): void;
  /** A channel ended that the console cannot do without. */
  channelEnded(code: number, reason: string): void;
}

/** `SPICE_MSGC_INPUTS_KEY_DOWN` and `SPICE_MSGC_INPUTS_KEY_UP`. */
const KEY_DOWN = 101;
const KEY_UP = 102;

/** spice-html5 for one attempt: the main channel, and the channels that it opens. */
export class SpiceClient {
  readonly #owner: SpiceClientOwner;
  readonly #screen: SpiceScreen;
  readonly #keyboard: SpiceKeyboard;
  readonly #channels: SpiceChannels;
  readonly #main: SpiceMainConn;
  #view: SpiceView;
  #ready = false;
  #removed = false;

  constructor(
    library: SpiceLibrary,
    host: HTMLElement,
    channel: ConsoleChannel,
    view: SpiceView,
    { password, label, openSocket }: SpiceClientOptions,
    owner: SpiceClientOwner,
  ) {
    this.#owner = owner;
    this.#view = view;
    this.#screen = new SpiceScreen(host, view, label, () => this.#becomeReady());
    this.#keyboard = new SpiceKeyboard(
      this.#screen.root,
      (code, down) => this.#sendScanCode(code, down),
      this.#screen.over,
    );
    this.#channels = new SpiceChannels(openSocket, {
      ended: (ended, code, reason) => this.#ended(ended, code, reason),
      failed: (detail) => owner.failed(detail),
    });
    const onerror = (error: unknown): void => {
      // The end of the channel is reported elsewhere, with its reason.
      if (channel.readyState !== channel.CLOSED) this.#fail(error);
    };
    const options = { uri: channel.url, password, screen_id: this.#screen.root.id, onerror };
    this.#main = providingSockets(
      () => channel,
      () => new library(options),
    );
    sendWholeTickets(this.#main);
    this.#provideChannels();
    // spice-html5 begins at the event.
    if (channel.readyState === channel.OPEN) channel.dispatchEvent(new Event("open"));
  }

  get canvas(): HTMLCanvasElement | undefined {
    return this.#screen.canvas;
  }

  /** Bytes of the channels besides the main one. */
  get bytes(): { readonly received: number; readonly sent: number } {
    return { received: this.#channels.bytesReceived, sent: this.#channels.bytesSent };
  }

  apply(view: SpiceView): void {
    if (view.viewOnly) this.#keyboard.releaseAll();
    this.#view = { ...view };
    this.#screen.apply(this.#view);
  }

  focus(): void {
    this.#screen.focus();
  }

  /** Sends nothing while view-only. */
  sendKey(scanCode: number, down: boolean): void {
    this.#sendScanCode(down ? scanCode : releaseCode(scanCode), down);
  }

  /** Ends all channels, and removes the screen from the page and its pixels from memory. */
  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    const { display } = this.#main;
    this.#main.stop();
    // Images that are still loading look for their surface.
    if (display) display.surfaces = [];
    for (const { parent } of this.#channels as Iterable<LibraryChannel>) parent?.cleanup();
    this.#channels.closeAll();
    this.#screen.remove();
  }

  /** The library makes its channels while it handles the server's list of them. */
  #provideChannels(): void {
    const main = this.#main;
    const handle = main.process_channel_message.bind(main);
    main.process_channel_message = (message) =>
      providingSockets(
        () => this.#addChannel(),
        () => handle(message),
      );
  }

  #addChannel(): ConsoleChannel {
    const channel: LibraryChannel = this.#channels.add();
    // Once the library has noted its channel at the socket.
    queueMicrotask(() => {
      const { parent } = channel;
      if (parent === undefined || this.#removed) return;
      sendWholeTickets(parent);
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- no event, but an option of the library's
      parent.onerror = (error) => {
        if (channel.readyState !== channel.CLOSED) this.#fail(error);
      };
      // Images that load look for their stream, whether there are streams or not.
      if (this.#main.display) this.#main.display.streams ??= [];
      channel.addEventListener("message", () => this.#becomeReady());
    });
    return channel;
  }

  #becomeReady(): void {
    if (this.#ready || this.canvas === undefined || this.#main.inputs?.state !== "ready") return;
    this.#ready = true;
    this.#owner.ready();
  }

  /** Sound and the shape of the pointer may be missing; screen and keys may not. */
  #ended(channel: LibraryChannel, code: number, reason: string): void {
    const { parent } = channel;
    if (parent !== undefined && parent !== this.#main.display && parent !== this.#main.inputs) return;
    this.#owner.channelEnded(code, reason);
  }

  #fail(error: unknown): void {
    if (this.#removed) return;
    const text = error instanceof Error ? error.message : String(error);
    // Its text for SPICE_LINK_ERR_PERMISSION_DENIED.
    const reason = text.startsWith("Permission denied") ? "credentials_rejected" : "viewer_failed";
    this.#owner.failed(`spice-html5 gave up: ${text}`, reason);
  }

  #sendScanCode(code: number, down: boolean): void {
    const { inputs } = this.#main;
    if (this.#view.viewOnly || inputs?.state !== "ready") return;
    // A message with the short header: type, size and scan code.
    const message = new DataView(new ArrayBuffer(10));
    message.setUint16(0, down ? KEY_DOWN : KEY_UP, true);
    message.setUint32(2, 4, true);
    message.setUint32(6, code, true);
    inputs.ws?.send(message);
  }
}

/**
 * Runs a function of spice-html5, which takes no sockets but creates them with `new WebSocket`: while the function
 * runs, that returns what `provide` does. Nothing else runs meanwhile.
 */
function providingSockets<T>(provide: () => ConsoleChannel, run: () => T): T {
  const { WebSocket: native } = globalThis;
  const replacement = function (): ConsoleChannel {
    globalThis.WebSocket = native;
    const channel = provide();
    globalThis.WebSocket = replacement;
    return channel;
  } as unknown as typeof WebSocket;
  globalThis.WebSocket = replacement;
  try {
    return run();
  } finally {
    globalThis.WebSocket = native;
  }
}
