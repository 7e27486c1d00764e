import { defineConsoleElements } from "@curfew/client/element";
import { SerialConsole } from "@curfew/client/serial";
import { SpiceConsole } from "@curfew/client/spice";
import { VncConsole } from "@curfew/client/vnc";
import { InPageGateway } from "@curfew/testing/in-page";
import { FakeSpice } from "../../../../packages/client/test/fake-spice.ts";

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

/** A machine with sound and a video, in the page itself: only spice-html5 and what it makes are under the policy. */
function showSpice(): void {
  const machine = new FakeSpice({ media: true });
  const gateway = new InPageGateway();
  gateway.onsocket = (socket) => machine.serve(socket);
  const options = { authorize: () => ({ url: "ws://gateway/" }), webSocket: gateway.webSocket };
  new SpiceConsole(place(), options).connect().catch(() => {});
}

/** What the page can show, by the parameter `show`. */
const kinds: Readonly<Record<string, () => unknown>> = {
  vnc: () => new VncConsole(place(), { authorize }).connect().catch(() => {}),
  serial: () => new SerialConsole(place(), { authorize }).connect().catch(() => {}),
  webgl: () => new SerialConsole(place(), { authorize, renderer: "webgl" }).connect().catch(() => {}),
  spice: showSpice,
  "curfew-vnc": () => showElement("curfew-vnc"),
  "curfew-serial": () => showElement("curfew-serial"),
};
kinds[show]?.();
