import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { AllowedOrigin } from "./origin.ts";

/** Other sites that have rights over the console page. */
export interface Sites {
  /** May open consoles and hand out new tokens. */
  readonly allowedOrigins: readonly AllowedOrigin[];
  /** May show the page in a frame, and speak with it there. */
  readonly frameAncestors: readonly AllowedOrigin[];
  /** Where those of `allowedOrigins`, and the page's own, hand out new tokens. */
  readonly renewPaths: readonly string[];
  /** Where people reach the operator. */
  readonly contactUrl: string | null;
}

export type Headers = Readonly<Record<string, string>>;

/** What the page uses: clipboard, full screen, and a screen that stays on. All else is off, for frames in it, too. */
const FEATURES: Readonly<Record<string, string>> = {
  accelerometer: "",
  camera: "",
  "clipboard-read": "self",
  "clipboard-write": "self",
  "display-capture": "",
  fullscreen: "self",
  geolocation: "",
  gyroscope: "",
  hid: "",
  magnetometer: "",
  microphone: "",
  midi: "",
  payment: "",
  "screen-wake-lock": "self",
  serial: "",
  usb: "",
};

/** One year, as browsers' lists of such hosts ask for. Other hosts of the domain are their operators' business. */
const HSTS = "max-age=31536000";

/** The headers that confine the page. */
export function pageHeaders({ allowedOrigins, frameAncestors }: Sites): Headers {
  return {
    "Content-Security-Policy": [
      "default-src 'none'",
      "script-src 'self'",
      // xterm.js makes style elements of its own, and offers no nonce for them.
      "style-src 'self' 'unsafe-inline'",
      // noVNC draws JPEG rectangles and the cursor from data URLs.
      "img-src 'self' data: blob:",
      "font-src 'self'",
      ["connect-src 'self'", ...sources(allowedOrigins)].join(" "),
      "base-uri 'none'",
      "form-action 'none'",
      ["frame-ancestors 'self'", ...sources(frameAncestors)].join(" "),
    ].join("; "),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": Object.entries(FEATURES)
      .map(([name, who]) => `${name}=(${who})`)
      .join(", "),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}

/** Over TLS the browser is told to stay there (RFC 6797); without, the header means nothing. */
export function transportHeaders({ socket }: IncomingMessage): Headers {
  return socket instanceof TLSSocket ? { "Strict-Transport-Security": HSTS } : {};
}

/** Tells the page which other sites it may ask for a new token, at which paths, and which may speak with it. */
export function withSites(html: string, { allowedOrigins, frameAncestors, renewPaths, contactUrl }: Sites): string {
  const lists = {
    "curfew-allowed-origins": sources(allowedOrigins),
    "curfew-frame-ancestors": sources(frameAncestors),
    "curfew-renew-paths": renewPaths,
    "curfew-contact-url": contactUrl === null ? [] : [contactUrl],
  };
  return Object.entries(lists).reduce((filled, [name, list]) => fillMeta(filled, name, list), html);
}

function fillMeta(html: string, name: string, values: readonly string[]): string {
  const list = values.join(" ").replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return html.replace(new RegExp(`(<meta name="${name}" content=")[^"]*(")`), (_, start, end) => start + list + end);
}

/** Allowed origins as CSP sources; a host without a scheme matches the page's own scheme or better. */
function sources(origins: readonly AllowedOrigin[]): string[] {
  return origins.map(({ protocol, host }) => (protocol === undefined ? host : `${protocol}//${host}`));
}
