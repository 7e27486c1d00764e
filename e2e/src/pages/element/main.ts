import { type CurfewSerialElement, type CurfewVncElement, defineConsoleElements } from "@curfew/client/element";
import type { ElementType } from "../../console-types.ts";

declare global {
  interface Window {
    /** The test's: a token for the console. */
    issueToken: () => Promise<string>;
  }
}

const parameters = new URLSearchParams(location.search);
const url = parameters.get("gateway") ?? "";
const type = (parameters.get("type") ?? "vnc") as ElementType;
const element: CurfewVncElement | CurfewSerialElement = document.createElement(`curfew-${type}`);
element.authorize = async () => ({ url, token: await window.issueToken() });
element.renew = () => window.issueToken();
element.setAttribute("autoconnect", "");
document.querySelector("main")?.append(element);
defineConsoleElements();
