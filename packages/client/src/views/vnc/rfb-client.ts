import type RFB from "@novnc/novnc";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import type { Key } from "../../ui/keysyms.ts";
import { type AuthenticationOptions, type AuthenticationOwner, authenticate } from "./authentication.ts";
import { decodeClipboard, hasUnicodeClipboard } from "./clipboard-text.ts";
import type { CredentialStore } from "./credentials.ts";
import { FirstPicture } from "./first-picture.ts";
import { FpsCounter } from "./fps-counter.ts";
import { HeldInput } from "./held-input.ts";
import { addMissingShift } from "./missing-shift.ts";
import { RemoteResize } from "./remote-resize.ts";
import { RfbInput } from "./rfb-input.ts";
import { TypingTarget } from "./typing-target.ts";
import type { VncOptions, VncView } from "./options.ts";
import { ServerCheck } from "./server-check.ts";

/** The options of a {@link RfbClient}. */
export interface RfbClientOptions extends AuthenticationOptions, Pick<VncOptions, "shared"> {
  readonly credentialStore: CredentialStore;
  readonly label: string | undefined;
}

/** Callbacks of a {@link RfbClient}. */
export interface RfbClientOwner extends AuthenticationOwner {
  /** The first picture is drawn. */
  ready(): void;
  /** The server rejected the credentials. */
  rejected(detail: string): void;
  clipboard(text: string): void;
  desktopName(name: string): void;
  /** Whether the server can control the machine's power. */
  power(supported: boolean): void;
  bell(): void;
}

/** noVNC's RFB object for one attempt. Each can be used only once. */
export class RfbClient {
  readonly rfb: RFB;
  readonly fps: FpsCounter;
  readonly typingTarget: TypingTarget;
  /** The machine's screen. */
  readonly canvas: HTMLCanvasElement | undefined;
  readonly #input: RfbInput | undefined;
  readonly #held: HeldInput | undefined;
  readonly #check: ServerCheck;
  readonly #resize: RemoteResize;
  readonly #firstPicture: FirstPicture;
  readonly #owner: RfbClientOwner;
  readonly #channel: ConsoleChannel;
  readonly #options: RfbClientOptions;
  /** Aborted when the connection ends, for prompts that are still open. */
  readonly #over = new AbortController();
  /** The keys that {@link sendKey} holds down, by keysym. */
  readonly #sentDown = new Map<number, Key>();
  #view: VncView | undefined;
  #failure = "noVNC could not process what the server sent";
  /** Whether the server rejected the credentials. */
  #isRejected = false;
  #disconnected = false;
  #removed = false;

  constructor(
    library: typeof RFB,
    host: HTMLElement,
    channel: ConsoleChannel,
    options: RfbClientOptions,
    owner: RfbClientOwner,
  ) {
    this.#owner = owner;
    this.#channel = channel;
    this.#options = options;
    this.rfb = new library(host, channel, {
      shared: options.shared ?? true,
      credentials: options.credentialStore.current,
    });
    this.#input = RfbInput.attach(channel, this.rfb, (detail) => owner.failed(detail));
    authenticate(this.rfb, options, options.credentialStore, owner, this.#over.signal);
    this.#check = new ServerCheck(this.rfb, channel, (detail, reason) => owner.failed(detail, reason));
    this.#resize = new RemoteResize(this.rfb, host, () => this.#applyScale());
    this.#firstPicture = new FirstPicture(
      () => {
        this.#check.stop();
        owner.ready();
      },
      () => this.#check.checkStopped(),
    );
    this.rfb.background = "transparent";
    this.canvas = host.querySelector("canvas") ?? undefined;
    if (this.canvas) {
      prepareCanvas(this.canvas, options.label);
      addMissingShift(
        this.canvas,
        (key, down) => this.rfb.sendKey(key.keysym, key.code ?? null, down),
        this.#over.signal,
      );
      this.#held = new HeldInput(this.canvas, this.#over.signal);
    }
    this.fps = new FpsCounter(this.canvas, () => this.#firstPicture.drawn());
    this.typingTarget = new TypingTarget(this.rfb, this.fps);
    this.#listen();
  }

  /** Whether the machine's clipboard takes all of Unicode, or only Latin-1. */
  get hasUnicodeClipboard(): boolean {
    return hasUnicodeClipboard(this.rfb);
  }

  /** Applies the settings that can change while the screen is shown. */
  apply(view: VncView): void {
    const { rfb } = this;
    this.#view = view;
    // noVNC would not send the releases any more.
    if (view.viewOnly && !rfb.viewOnly) this.#releaseAll();
    rfb.viewOnly = view.viewOnly;
    this.#applyScale();
    rfb.qualityLevel = view.quality;
    rfb.compressionLevel = view.compression;
    rfb.showDotCursor = view.showDotCursor;
    rfb.clipViewport = view.clipViewport;
    rfb.dragViewport = view.dragViewport;
  }

  /** @param down - whether to press or release the key; undefined does both */
  sendKey(key: Key, down?: boolean): void {
    if (down === true) this.#sentDown.set(key.keysym, key);
    else this.#sentDown.delete(key.keysym);
    this.rfb.sendKey(key.keysym, key.code ?? null, down);
  }

  #releaseAll(): void {
    this.#held?.releaseAll();
    for (const key of this.#sentDown.values()) this.sendKey(key, false);
  }

  #applyScale(): void {
    const scale = this.#view?.scale;
    // Several monitors keep their resolution, and are scaled instead.
    this.rfb.scaleViewport = scale === "fit" || (scale === "remote" && this.#resize.severalScreens);
    this.rfb.resizeSession = scale === "remote";
  }

  /** Removes the screen from the page and its pixels from memory. */
  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.#over.abort();
    this.#input?.stop();
    this.#check.stop();
    this.#resize.stop();
    this.#firstPicture.stop();
    if (!this.#disconnected) this.rfb.disconnect();
    if (this.canvas) {
      this.canvas.width = 0;
      this.canvas.height = 0;
    }
  }

  #listen(): void {
    const { rfb } = this;
    const owner = this.#owner;
    rfb.addEventListener("connect", () => {
      this.#options.credentialStore.accepted();
      this.#firstPicture.expect();
    });
    rfb.addEventListener("securityfailure", ({ detail }) => {
      this.#failure = `the VNC server refused the connection${detail.reason ? `: ${detail.reason}` : ""}`;
      this.#isRejected = true;
    });
    rfb.addEventListener("disconnect", () => {
      this.#disconnected = true;
      this.#over.abort();
      // noVNC does not tell the reason. While the channel is still open, the connection has not ended.
      if (!this.#removed && this.#channel.readyState !== this.#channel.CLOSED) {
        if (this.#isRejected) owner.rejected(this.#failure);
        else owner.failed(this.#failure);
      }
    });
    rfb.addEventListener("clipboard", ({ detail }) => {
      owner.clipboard(this.hasUnicodeClipboard ? detail.text : decodeClipboard(detail.text));
    });
    rfb.addEventListener("desktopname", ({ detail }) => owner.desktopName(detail.name));
    rfb.addEventListener("capabilities", ({ detail }) => owner.power(detail.capabilities.power));
    rfb.addEventListener("bell", () => owner.bell());
  }
}

function prepareCanvas(canvas: HTMLCanvasElement, label: string | undefined): void {
  // noVNC's canvas cannot be reached with the keyboard, and hides that it has the focus.
  canvas.tabIndex = 0;
  canvas.style.outline = "";
  // Inside, because the console's element clips what is outside.
  canvas.style.outlineOffset = "-2px";
  if (label === undefined) return;
  // Without a role it has no name. With this role screen readers pass all keys to the machine.
  canvas.role = "application";
  canvas.ariaLabel = label;
}
