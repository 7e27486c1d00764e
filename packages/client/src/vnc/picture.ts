import type RFB from "@novnc/novnc";
import type { ConsoleChannel } from "../channel.ts";
import { report } from "../report.ts";
import { FrameCounter } from "./frame-counter.ts";
import { Intake } from "./intake.ts";
import type { VncCredentials, VncOptions, VncView } from "./options.ts";
import { identityOf } from "./server-identity.ts";

/** The options that a {@link Picture} needs. */
export interface PictureOptions extends Pick<
  VncOptions,
  "credentials" | "onCredentialsRequired" | "onServerVerification" | "shared"
> {
  readonly label: string | null;
}

/** What a {@link Picture} tells. */
export interface PictureOwner {
  ready(): void;
  waiting(): void;
  failed(detail: string): void;
  clipboard(text: string): void;
  desktopName(name: string): void;
  power(possible: boolean): void;
  bell(): void;
}

/**
 * One RFB object, for one attempt: noVNC's are used once, whatever becomes of their connection.
 */
export class Picture {
  readonly rfb: RFB;
  readonly frames: FrameCounter;
  readonly #canvas: HTMLCanvasElement | null;
  readonly #intake: Intake | null;
  readonly #owner: PictureOwner;
  readonly #channel: ConsoleChannel;
  readonly #options: PictureOptions;
  /** Aborted when the connection is over, for questions that are open by then. */
  readonly #over = new AbortController();
  #failure = "noVNC gave up on what the server sent";
  #disconnected = false;
  #removed = false;

  constructor(
    library: typeof RFB,
    host: HTMLElement,
    channel: ConsoleChannel,
    options: PictureOptions,
    owner: PictureOwner,
  ) {
    this.#owner = owner;
    this.#channel = channel;
    this.#options = options;
    this.rfb = new library(host, channel, {
      shared: options.shared ?? true,
      ...(options.credentials ? { credentials: options.credentials } : {}),
    });
    this.#intake = Intake.between(channel, this.rfb, (detail) => owner.failed(detail));
    this.rfb.background = "transparent";
    this.#canvas = host.querySelector("canvas");
    if (this.#canvas && options.label !== null) {
      // Without a role it has no name. This one has screen readers leave the keys to the machine.
      this.#canvas.role = "application";
      this.#canvas.ariaLabel = options.label;
    }
    this.frames = new FrameCounter(this.#canvas);
    this.#listen();
  }

  /** Applies what can change while the picture is up. */
  show(view: VncView): void {
    const { rfb } = this;
    rfb.viewOnly = view.viewOnly;
    rfb.scaleViewport = view.scale === "fit";
    rfb.resizeSession = view.scale === "remote";
    rfb.qualityLevel = view.quality;
    rfb.compressionLevel = view.compression;
    rfb.showDotCursor = view.showDotCursor;
    rfb.clipViewport = view.clipViewport;
    rfb.dragViewport = view.dragViewport;
  }

  /** Takes the picture off the page and its pixels out of memory. */
  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.#over.abort();
    this.#intake?.stop();
    if (!this.#disconnected) this.rfb.disconnect();
    if (this.#canvas) {
      this.#canvas.width = 0;
      this.#canvas.height = 0;
    }
  }

  #listen(): void {
    const { rfb } = this;
    const owner = this.#owner;
    rfb.addEventListener("connect", () => owner.ready());
    rfb.addEventListener("securityfailure", ({ detail }) => {
      this.#failure = `the VNC server refused the connection${detail.reason ? `: ${detail.reason}` : ""}`;
    });
    rfb.addEventListener("disconnect", () => {
      this.#disconnected = true;
      this.#over.abort();
      // noVNC does not say why. While the channel is still open, it was not the connection that ended.
      if (!this.#removed && this.#channel.readyState !== this.#channel.CLOSED) owner.failed(this.#failure);
    });
    rfb.addEventListener("credentialsrequired", ({ detail }) => void this.#authenticate(detail.types));
    rfb.addEventListener("serververification", ({ detail }) => void this.#verify(detail.type, detail.publickey));
    rfb.addEventListener("clipboard", ({ detail }) => owner.clipboard(detail.text));
    rfb.addEventListener("desktopname", ({ detail }) => owner.desktopName(detail.name));
    rfb.addEventListener("capabilities", ({ detail }) => owner.power(detail.capabilities.power));
    rfb.addEventListener("bell", () => owner.bell());
  }

  async #authenticate(types: readonly (keyof VncCredentials)[]): Promise<void> {
    const ask = this.#options.onCredentialsRequired;
    if (!ask) {
      this.#owner.failed(`the VNC server asks for ${types.join(", ")}`);
      return;
    }
    this.#owner.waiting();
    try {
      const credentials = await ask(types, { signal: this.#over.signal });
      if (!this.#removed && !this.#disconnected) this.rfb.sendCredentials(credentials);
    } catch {
      if (!this.#removed) this.#owner.failed(`no credentials were given: the VNC server asks for ${types.join(", ")}`);
    }
  }

  async #verify(type: string, publicKey: Uint8Array): Promise<void> {
    const ask = this.#options.onServerVerification;
    if (!ask) {
      this.#owner.failed("the VNC server wants its identity to be verified");
      return;
    }
    if (!isSecureContext) {
      this.#owner.failed("the VNC server's identity can be verified over HTTPS only");
      return;
    }
    this.#owner.waiting();
    let approved = false;
    try {
      approved = await ask(await identityOf(type, publicKey), { signal: this.#over.signal });
    } catch (error) {
      report(error);
    }
    if (this.#removed || this.#disconnected) return;
    if (approved) this.rfb.approveServer();
    else this.#owner.failed("the VNC server's identity was not approved");
  }
}
