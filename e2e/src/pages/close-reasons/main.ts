import { type CloseInfo, type ConnectInfo, StopRetrying } from "@curfew/client";
import { CLOSE_REASON_TRAITS, messagesFor } from "@curfew/client/messages";
import { SerialConsole } from "@curfew/client/serial";
import { VncConsole } from "@curfew/client/vnc";
import type { ElementType } from "../../console-types.ts";

declare global {
  interface Window {
    /** Defined by the test: returns the gateway's address and a token, or null to refuse access. */
    access: () => Promise<ConnectInfo | null>;
    view: VncConsole | SerialConsole;
  }
}

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`nothing is ${selector}`);
  return found;
}

const screen = find("#screen");
const status = find("[role=status]");
const end = find("section");
const next = find("#next");
const words = await messagesFor("en");

async function authorize(): Promise<ConnectInfo> {
  const access = await window.access();
  if (!access) throw new StopRetrying("no access");
  return access;
}

const parameters = new URLSearchParams(location.search);
/** By default one attempt for each press of the button, so that each end is seen. */
const options = { authorize, ...(parameters.has("reconnects") ? {} : { reconnect: false as const }) };
const CONSOLES: Readonly<Record<ElementType, () => VncConsole | SerialConsole>> = {
  vnc: () => new VncConsole(screen, options),
  serial: () => new SerialConsole(screen, options),
};
const type = (parameters.get("type") ?? "vnc") as ElementType;
const view = CONSOLES[type]();
window.view = view;

function showEnd({ reason, code }: CloseInfo): void {
  const { title, sentence, next: label } = words.closeReasons[reason];
  const { step } = CLOSE_REASON_TRAITS[reason];
  end.dataset["reason"] = reason;
  end.dataset["code"] = String(code);
  find("h1").textContent = title;
  find("#sentence").textContent = sentence;
  find("#advice").textContent = step === "operator" ? words.advice.operator : "";
  next.textContent = label;
  end.hidden = false;
}

view.connection.on("state", (state) => {
  status.textContent = words.states[state.status];
  if (state.status !== "closed") end.hidden = true;
});
view.connection.on("closed", showEnd);
/** How a connection ended is told by `closed`. */
const connect = (): void => void view.connect().catch(() => {});
next.addEventListener("click", connect);
find("#leave").addEventListener("click", () => void view.close());
connect();
