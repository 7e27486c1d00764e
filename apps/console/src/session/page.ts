import type { ConsoleLink, RefusedLink } from "../link/parse-location.ts";
import { copyText } from "../tools/files.ts";
import { words } from "../words/words.ts";
import { createEndCard, type Ending } from "../views/end-card.ts";
import { Frame } from "../views/frame.ts";
import {
  createNoTokenCard,
  createRefusedCard,
  createRequestFailedCard,
  createRequestingCard,
} from "../views/status-cards.ts";
import { Access } from "./access.ts";
import { ConsoleSession } from "./console-session.ts";

/** Shows why a link is not followed. */
export function startRefused({ error }: RefusedLink): void {
  const frame = new Frame("vnc", words().title, false, () => {});
  document.title = words().cards.refused;
  frame.setStatus("refused");
  frame.showCard(createRefusedCard(error));
}

/** Opens the console of a link, and opens it again when the person asks for it after an end. */
export function startPage(link: ConsoleLink): void {
  const access = new Access(link);
  let session: ConsoleSession | null = null;
  const frame = new Frame(link.type, link.name ?? words().title, link.viewOnly, () => {
    session?.renew();
  });

  const open = (): void => {
    session = new ConsoleSession(link, frame, access, end);
    void session.open();
  };

  const end = (ending: Omit<Ending, "canRequest">): void => {
    session = null;
    frame.setStatus("ended");
    const card = createEndCard(
      { ...ending, canRequest: access.canRequest },
      { reopen: open, renewAndReopen: () => void requestAndOpen(), copy },
    );
    frame.showCard(card);
  };

  const requestAndOpen = async (): Promise<void> => {
    frame.setStatus("connecting");
    frame.showCard(createRequestingCard());
    try {
      await access.request();
    } catch (error) {
      frame.setStatus("ended");
      const sentence = error instanceof Error ? error.message : String(error);
      frame.showCard(createRequestFailedCard(sentence, () => void requestAndOpen()));
      return;
    }
    access.confirm();
    open();
  };

  const copy = async (text: string): Promise<boolean> => {
    const copied = await copyText(text);
    frame.toasts.show(copied ? words().notices.copied : words().notices.copyRefused);
    return copied;
  };

  if (access.hasToken) {
    open();
    return;
  }
  document.title = link.name ?? words().title;
  frame.setStatus("no-token");
  frame.showCard(createNoTokenCard(access.canRequest ? () => void requestAndOpen() : null));
}
