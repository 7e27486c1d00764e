import { VncConsole } from "@curfew/client/vnc";

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`nothing is ${selector}`);
  return found;
}

const status = find("[role=status]");
const timer = find("[role=timer]");
const vnc = new VncConsole(find("#screen"), {
  authorize: () => ({ url: new URLSearchParams(location.search).get("gateway") ?? "/websockify", token: "first" }),
  renew: () => "second",
  reconnect: ({ attempt }) => (attempt > 4 ? null : 0),
});

function countDown(): void {
  const { state } = vnc;
  const expiresAt = "session" in state ? state.session?.expiresAt : undefined;
  timer.textContent = expiresAt ? `${Math.ceil((expiresAt - performance.now()) / 1000)} s left` : "";
}
setInterval(countDown, 250);

vnc.on("state", (state) => {
  countDown();
  status.textContent = state.status === "closed" ? `Ended: ${state.cause.reason}` : state.status;
  if ("session" in state && state.session?.expiring) status.textContent = "expiring";
});
vnc.on("renewed", () => (status.textContent = "renewed"));
vnc.on("renewfailed", ({ message }) => (status.textContent = `not renewed: ${message}`));
find("button").addEventListener("click", () => void vnc.connection.renew().catch(() => {}));
vnc.connect().catch(() => {});
