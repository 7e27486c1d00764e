import { defineConsoleElements } from "@curfew/client/element";
import { SerialConsole } from "@curfew/client/serial";
import { VncConsole } from "@curfew/client/vnc";

const show = new URLSearchParams(location.search).get("show") ?? "";
const main = document.querySelector("main")!;

/** A back end of the page's own. */
const authorize = async () => (await fetch(show.includes("vnc") ? "./vnc.json" : "./serial.json")).json();

/** Where a view goes. */
function place(): HTMLElement {
  const place = document.createElement("div");
  main.append(place);
  return place;
}

function showElement(name: "curfew-vnc" | "curfew-serial"): void {
  const element = document.createElement(name);
  element.authorize = authorize;
  element.setAttribute("autoconnect", "");
  main.append(element);
  defineConsoleElements();
}

/** What the page can show, by the parameter `show`. */
const kinds: Readonly<Record<string, () => unknown>> = {
  vnc: () => new VncConsole(place(), { authorize }).connect().catch(() => {}),
  serial: () => new SerialConsole(place(), { authorize }).connect().catch(() => {}),
  webgl: () => new SerialConsole(place(), { authorize, renderer: "webgl" }).connect().catch(() => {}),
  "curfew-vnc": () => showElement("curfew-vnc"),
  "curfew-serial": () => showElement("curfew-serial"),
};
kinds[show]?.();
