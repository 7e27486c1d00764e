import { type ConfigInput, createGateway } from "@curfew/proxy";
import { startWebServer, type LocalWebServer } from "./web-server.ts";

/** The gateway's options for its console page. */
export type ConsolePageOptions = NonNullable<ConfigInput["console"]> & {
  /** The path prefix at which the page is served, as by a reverse proxy that removes it, such as `/console`. */
  readonly prefix?: string;
};

/**
 * Serves the console page as a gateway does, headers included, but without the gateway's sessions: a fake gateway takes
 * the page's WebSockets.
 */
export async function startConsolePageServer({
  prefix = "",
  ...console
}: ConsolePageOptions = {}): Promise<LocalWebServer> {
  const gateway = createGateway({ config: { console, tokens: { path: ":memory:" }, log: { level: "silent" } } });
  const server = await startWebServer((request, response) => {
    if (request.url?.startsWith(`${prefix}/`) !== true) return void response.writeHead(404).end();
    request.url = request.url.slice(prefix.length);
    gateway.handleRequest(request, response);
  });
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await gateway.close();
    },
  };
}
