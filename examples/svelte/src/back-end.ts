import type { ConnectInfo } from "@curfew/client";

// Stands for your own back end, which knows who may see which machine. Here both are in the page's
// address: ?url=ws://127.0.0.1:6080&token=…

const query = new URLSearchParams(location.search);
const token = query.get("token") ?? "no token";

/** Where the console is, and a token for it: asked for before each attempt to connect. */
export async function openConsole(): Promise<ConnectInfo> {
  return { url: query.get("url") ?? "/", token };
}

/** A token with a later end, for the session that runs. */
export async function newToken(): Promise<string> {
  return query.get("renewal") ?? token;
}
