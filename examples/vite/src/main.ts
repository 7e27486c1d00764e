import { messagesFor } from "@curfew/client/messages";
import { VncConsole } from "@curfew/client/vnc";

const screen = document.querySelector<HTMLElement>("#screen")!;
const status = document.querySelector<HTMLElement>("#status")!;
const again = document.querySelector<HTMLButtonElement>("#again")!;
const words = await messagesFor(navigator.languages);

// Your back end hands out the gateway's address and a token; here they stand in the page's address.
const address = new URLSearchParams(location.search);
const vnc = new VncConsole(screen, {
  authorize: () => ({ url: address.get("url") ?? "", token: address.get("token") ?? "" }),
});

vnc.on("state", ({ status: now }) => {
  if (now !== "closed") status.textContent = words.states[now];
  again.hidden = now !== "closed";
});
vnc.on("closed", ({ reason }) => {
  const { title, sentence, next } = words.closeReasons[reason];
  status.textContent = `${title}. ${sentence}`;
  again.textContent = next;
});

// What went wrong is said by `closed`.
const open = (): void => void vnc.connect().catch(() => {});
again.addEventListener("click", open);
open();
