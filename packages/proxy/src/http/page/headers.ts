import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { Headers } from "./answer.ts";
import { cspSources, type OriginPolicy } from "./origin-policy.ts";

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

/** One year, as browsers' lists of such hosts ask for. Subdomains are not included. */
const HSTS = "max-age=31536000";

/** The headers that confine the page. */
export function pageHeaders({ allowedOrigins, frameAncestors, openerPolicy }: OriginPolicy): Headers {
  return {
    "Content-Security-Policy": [
      "default-src 'none'",
      "script-src 'self'",
      // xterm.js makes style elements of its own, and offers no nonce for them.
      "style-src 'self' 'unsafe-inline'",
      // noVNC and spice-html5 draw JPEG images and the cursor from data URLs.
      "img-src 'self' data: blob:",
      // spice-html5 plays sound and video from them.
      "media-src blob:",
      "font-src 'self'",
      ["connect-src 'self'", ...cspSources(allowedOrigins)].join(" "),
      "base-uri 'none'",
      "form-action 'none'",
      ["frame-ancestors 'self'", ...cspSources(frameAncestors)].join(" "),
    ].join("; "),
    "Cross-Origin-Opener-Policy": openerPolicy,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": Object.entries(FEATURES)
      .map(([name, origins]) => `${name}=(${origins})`)
      .join(", "),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}

/**
 * Over TLS, tells browsers to use only TLS from now on (RFC 6797), unless the gateway also speaks plain HTTP. Over that
 * the header has no effect.
 */
export function transportHeaders({ socket }: IncomingMessage, { tlsOnly }: { readonly tlsOnly: boolean }): Headers {
  return tlsOnly && socket instanceof TLSSocket ? { "Strict-Transport-Security": HSTS } : {};
}
