import { type CurfewSerialElement, type CurfewVncElement, defineConsoleElements } from "@curfew/client/element";
import { defineToolbarElement } from "@curfew/client/toolbar";
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
element.id = "console";
const toolbar = document.createElement("curfew-toolbar");
toolbar.htmlFor = element.id;
document.querySelector("main")?.append(toolbar, element);
defineConsoleElements();
defineToolbarElement();
