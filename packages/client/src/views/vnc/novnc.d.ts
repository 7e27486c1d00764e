/** The part of noVNC 1.7 that this package uses. No exported type mentions it. */
declare module "@novnc/novnc" {
  interface RfbCredentials {
    username?: string;
    password?: string;
    target?: string;
  }

  interface RfbEvents {
    connect: CustomEvent<Record<string, never>>;
    disconnect: CustomEvent<{ clean: boolean }>;
    credentialsrequired: CustomEvent<{ types: (keyof RfbCredentials)[] }>;
    securityfailure: CustomEvent<{ status: number; reason?: string }>;
    serververification: CustomEvent<{ type: string; publickey: Uint8Array }>;
    clipboard: CustomEvent<{ text: string }>;
    desktopname: CustomEvent<{ name: string }>;
    capabilities: CustomEvent<{ capabilities: { power: boolean } }>;
    bell: CustomEvent<null>;
  }

  /** Images that are being decoded, and drawing operations behind them. */
  interface DisplayQueue {
    pending(): boolean;
    /** Resolves when nothing is pending. */
    flush(): Promise<void>;
  }

  export default class RFB {
    constructor(
      target: HTMLElement,
      channel: WebSocket,
      options?: { shared?: boolean; credentials?: RfbCredentials; wsProtocols?: string[] },
    );
    // Private in noVNC, so these may be missing in other versions.
    readonly _display?: Partial<DisplayQueue>;
    /** The receive queue. */
    readonly _sock?: { rQpeek8(): number };
    /** Whether the machine reported its Caps Lock as on; null while that is unknown. */
    readonly _remoteCapsLock?: boolean | null;
    /** Whether a request for another resolution has no answer yet. */
    readonly _pendingRemoteResize?: boolean;
    /** The update that is being received. */
    readonly _FBU?: { readonly rects: number; readonly encoding: number | null };
    /** What the server said about the extended clipboard, by bits. */
    readonly _clipboardServerCapabilitiesFormats?: Readonly<Record<number, boolean>>;
    readonly _clipboardServerCapabilitiesActions?: Readonly<Record<number, boolean>>;
    _handleSetColourMapMsg?: () => boolean;
    _requestRemoteResize?: () => void;
    /** Returns whether the message was complete. */
    _handleExtendedDesktopSize?: () => boolean;
    viewOnly: boolean;
    scaleViewport: boolean;
    clipViewport: boolean;
    dragViewport: boolean;
    resizeSession: boolean;
    showDotCursor: boolean;
    background: string;
    qualityLevel: number;
    compressionLevel: number;
    addEventListener<K extends keyof RfbEvents>(type: K, listener: (event: RfbEvents[K]) => void): void;
    disconnect(): void;
    approveServer(): void;
    sendCredentials(credentials: RfbCredentials): void;
    sendKey(keysym: number, code: string | null, down?: boolean): void;
    focus(options?: FocusOptions): void;
    clipboardPasteFrom(text: string): void;
    toBlob(callback: (blob: Blob | null) => void, type?: string, quality?: number): void;
    machineShutdown(): void;
    machineReboot(): void;
    machineReset(): void;
  }
}
