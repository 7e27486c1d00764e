import { type CurfewSerialElement, type CurfewVncElement, defineConsoleElements } from "@curfew/client/element";

declare global {
  interface Window {
    /** The test's: a token for the console. */
    issueToken: () => Promise<string>;
  }
}

const parameters = new URLSearchParams(location.search);
const url = parameters.get("gateway") ?? "";
const element: CurfewVncElement | CurfewSerialElement = document.createElement(
  parameters.get("type") === "vnc" ? "curfew-vnc" : "curfew-serial",
);
element.authorize = async () => ({ url, token: await window.issueToken() });
element.renew = () => window.issueToken();
element.setAttribute("autoconnect", "");
document.querySelector("main")?.append(element);
defineConsoleElements();
