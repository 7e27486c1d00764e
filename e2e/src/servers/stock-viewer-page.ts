import { packageFolder } from "./package-folder.ts";
import { readIn, serveFiles, startWebServer, type WebServer } from "./web-server.ts";

/** The packages as npm delivers them, by the first part of the path. */
const packages: Readonly<Record<string, string>> = {
  novnc: packageFolder("@novnc/novnc"),
  xterm: packageFolder("@xterm/xterm"),
  attach: packageFolder("@xterm/addon-attach"),
};

/** A page without the SDK that imports unmodified noVNC and xterm.js. */
export function startStockPage(): Promise<WebServer> {
  const read = serveFiles((path) => {
    const [, name = "", ...rest] = path.split("/");
    const folder = packages[name];
    if (folder !== undefined) return readIn(folder, rest.join("/"));
    return '<!doctype html><div id="screen" style="width: 640px; height: 480px">';
  });
  return startWebServer(read);
}
