import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LOOPBACK, onFreePort } from "./ports.ts";
import { startProcess } from "./process.ts";
import type { ServerProcess } from "./process.ts";
import { requireProgram } from "./programs.ts";
import { discard, makeFolder, realServer, whenReady } from "./server.ts";
import type { RealServer } from "./server.ts";
import { vncPasswordFile } from "./vnc-password.ts";
import { startTerminal, startWindowManager } from "./x-clients.ts";

/** How long the X server may take to start, in milliseconds. */
const START_MS = 30_000;

/** A desktop served by TigerVNC. */
export interface TigerVnc extends RealServer {
  /** The X display, for further X clients: ":7". */
  readonly display: string;
  /**
   * Resolves when a line that matches was typed into the terminal, at any time since its start.
   * @throws Error when there is none within `timeoutMs` (default 10,000), quoting what was typed instead.
   */
  typed(pattern: RegExp, timeoutMs?: number): Promise<string>;
}

/** How to start TigerVNC. */
export interface TigerVncOptions {
  /** Pixels. Default: 800. */
  readonly width?: number;
  /** Pixels. Default: 600. */
  readonly height?: number;
  /** What runs on the desktop: "xterm" (default), or nothing. */
  readonly client?: "xterm" | "none";
  /** Whether a window manager (IceWM) frames the windows, so that they can be moved. Default: false. */
  readonly windowManager?: boolean;
  /** With a password of 1 to 8 bytes the server asks for VNC authentication; without one for none. */
  readonly password?: string;
  /** With it, only over TLS: VeNCrypt with X509None, or X509Vnc if there is a password. */
  readonly tls?: TigerVncTls;
}

/** How TigerVNC secures VNC. */
export interface TigerVncTls {
  /** PEM file with the server's certificate. */
  readonly cert: string;
  /** PEM file with its private key. */
  readonly key: string;
}

/**
 * Starts TigerVNC's X server with a terminal on it, on a free display and port, reachable from this machine only.
 * Resolves when it accepts connections and the terminal reads the keyboard.
 * @throws Error when TigerVNC, xterm or IceWM is missing, or the first two do not start.
 */
export async function startTigerVnc(options: TigerVncOptions = {}): Promise<TigerVnc> {
  return onFreePort(async (port) => startDesktop(port, options));
}

async function startDesktop(port: number, options: TigerVncOptions): Promise<TigerVnc> {
  const { width = 800, height = 600, client = "xterm", windowManager = false } = options;
  const program = requireProgram("Xtigervnc");
  const folder = await makeFolder("tigervnc");
  const processes: ServerProcess[] = [];
  try {
    const security = await securityArguments(folder, options);
    const geometry = ["-geometry", `${width}x${height}`, "-depth", "24"];
    // The server chooses its display itself and reports it, once clients can connect.
    const local = ["-displayfd", "3", "-rfbport", `${port}`, "-localhost", "-nolisten", "tcp", "-ac"];
    const desktop = await startProcess(program, [...local, ...geometry, ...security], 3);
    processes.push(desktop);
    let display = "";
    await whenReady("TigerVNC", desktop, START_MS, async (signal) => {
      const [chosen] = (await once(desktop.report, "data", { signal })) as [Buffer];
      display = `:${chosen.toString().trim()}`;
    });
    if (windowManager) await startWindowManager(display, folder, processes);
    const terminal = client === "xterm" ? await startTerminal(display, processes) : undefined;
    return {
      ...realServer(port, LOOPBACK, { processes: [desktop, ...processes.slice(1)], folder }),
      display,
      async typed(pattern, timeoutMs) {
        if (terminal === undefined) throw new Error('nothing reads the keyboard: start with client: "xterm"');
        return terminal.match(pattern, timeoutMs);
      },
    };
  } catch (error) {
    await discard(processes, folder);
    throw error;
  }
}

async function securityArguments(folder: string, { password, tls }: TigerVncOptions): Promise<string[]> {
  const encrypted = tls === undefined ? [] : ["-X509Cert", tls.cert, "-X509Key", tls.key];
  const prefix = tls === undefined ? "" : "X509";
  if (password === undefined) return ["-SecurityTypes", `${prefix}None`, ...encrypted];
  const file = join(folder, "password");
  await writeFile(file, vncPasswordFile(password), { mode: 0o600 });
  const type = tls === undefined ? "VncAuth" : "X509Vnc";
  return ["-SecurityTypes", type, "-PasswordFile", file, ...encrypted];
}
