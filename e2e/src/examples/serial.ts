/// <reference types="vite/client" />
import { SerialConsole } from "@curfew/client/serial";
import "@xterm/xterm/css/xterm.css";

/** The page of examples/vite with a serial console in it. */
const { url = "", token = "" } = Object.fromEntries(new URLSearchParams(location.search));
const serial = new SerialConsole(document.querySelector<HTMLElement>("#screen")!, {
  authorize: () => ({ url, token }),
});
void serial.connect();
