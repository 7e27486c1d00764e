import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** Rejects requests with another Host header, and changes from other sites' pages. */
export function rejectForeignRequests(dashboardOrigin: string, gatewayOrigins: readonly string[]): MiddlewareHandler {
  const { host } = new URL(dashboardOrigin);
  return async (c, next) => {
    // With DNS rebinding, another name resolves to this server.
    if (c.req.header("Host") !== host) return c.json({ error: "unexpected Host header" }, 403);
    const origin = c.req.header("Origin");
    const known = origin === undefined || origin === dashboardOrigin || gatewayOrigins.includes(origin);
    const reading = c.req.method === "GET" || c.req.method === "HEAD";
    if (!reading && !known) return c.json({ error: `requests from ${origin} are not accepted` }, 403);
    return await next();
  };
}

/** Restricts the page to its own resources, the gateways' WebSockets, and their console page in an iframe. */
export function setSecurityHeaders(gatewayOrigins: readonly string[]): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      // xterm.js creates style elements and does not support a nonce.
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
