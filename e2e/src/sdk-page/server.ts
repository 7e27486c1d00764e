import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL } from "@curfew/protocol";
import { build, defaultClientConditions, type Rolldown } from "vite";
import { type Content, serveFiles, type SocketServer, startSocketServer } from "../web-server.ts";

/**
 * A page of one's own with the SDK in it, built as an application builds it, and a test in the gateway's place. Its
 * WebSockets have chosen `curfew.v1` where the page offered it.
 */
export interface SdkPage extends SocketServer {
  /** Where the SDK connects; any path and query may follow. */
  readonly socketUrl: string;
}

const html = `<!doctype html>
<meta charset="utf-8"><title>SDK</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/xterm.css">
<div id="screen" style="width: 640px; height: 480px"></div>
<script type="module" src="/main.js"></script>`;

export async function startSdkPage(): Promise<SdkPage> {
  const files = await bundle();
  files.set("/index.html", html);
  const server = await startSocketServer(
    serveFiles((path) => files.get(path)),
    (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : FALLBACK_SUBPROTOCOL),
  );
  return Object.assign(server, { socketUrl: `${server.origin.replace("http", "ws")}/socket` });
}

/** The SDK and the viewers, from source, as an application's bundler serves them. */
async function bundle(): Promise<Map<string, Content>> {
  const built = (await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
    build: {
      write: false,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: fileURLToPath(new URL("main.ts", import.meta.url)),
        output: { entryFileNames: "main.js", chunkFileNames: "[name].js" },
      },
    },
  })) as Rolldown.RolldownOutput;
  const files = new Map<string, Content>();
  for (const file of built.output) {
    if (file.type === "chunk") files.set(`/${file.fileName}`, file.code);
  }
  const styles = await readFile(new URL(import.meta.resolve("@xterm/xterm/css/xterm.css")), "utf8");
  return files.set("/xterm.css", styles);
}
