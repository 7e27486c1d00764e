import { defineConsoleElements } from "@curfew/client/element";

export function open(machine: string): void {
  defineConsoleElements();
  const screen = document.createElement("curfew-vnc");
  const post = (path: string) => fetch(`/api/consoles/${machine}${path}`, { method: "POST" });
  screen.authorize = async () => (await post("")).json(); // { url, token }
  screen.renew = async () => (await post("/token")).text();
  screen.setAttribute("autoconnect", "");
  screen.addEventListener("curfew-closed", ({ detail }) => (document.title = detail.reason));
  document.body.append(screen);
}
