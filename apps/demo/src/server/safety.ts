import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** Takes requests only under the dashboard's own name, and changes only from its own pages. */
export function ownRequestsOnly(dashboardOrigin: string, gatewayOrigins: readonly string[]): MiddlewareHandler {
  const { host } = new URL(dashboardOrigin);
  return async (c, next) => {
    // A name of somebody else's that leads here (DNS rebinding) shows in Host.
    if (c.req.header("Host") !== host) return c.json({ error: "this is not my name" }, 403);
    const origin = c.req.header("Origin");
    const known = origin === undefined || origin === dashboardOrigin || gatewayOrigins.includes(origin);
    const reading = c.req.method === "GET" || c.req.method === "HEAD";
    if (!reading && !known) return c.json({ error: `requests from ${origin} are not taken` }, 403);
    return await next();
  };
}

/** The headers that confine the page: to itself, to the gateways' WebSockets, and to their console page in a frame. */
export function confine(gatewayOrigins: readonly string[]): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      // xterm.js makes style elements of its own, and offers no nonce for them.
      styleSrc: ["'self'", "'unsafe-inline'"],
      // noVNC draws JPEG rectangles and the cursor from data URLs.
      imgSrc: ["'self'", "data:", "blob:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'", ...gatewayOrigins.map((origin) => origin.replace(/^http/, "ws"))],
      frameSrc: [...gatewayOrigins],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
    strictTransportSecurity: false,
    xFrameOptions: "DENY",
  });
}
