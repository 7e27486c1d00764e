import type { EmbeddingParent } from "../embedding/embedding-parent.ts";
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
import { answersHttp } from "./answers-http.ts";
import { ConsoleSession } from "./console-session.ts";

/** Shows why a link is not followed. */
export function startRefused({ error }: RefusedLink, parent: EmbeddingParent | null): void {
  const frame = new Frame("vnc", words().title, false, () => {});
  tell(parent, frame);
  document.title = words().cards.refused;
  frame.setStatus("refused");
  frame.showCard(createRefusedCard(error));
}

/**
 * Opens the console of a link, and opens it again when the person asks for it after an end.
 *
 * @param contact where people reach whoever runs the gateway
 */
export function startPage(link: ConsoleLink, parent: EmbeddingParent | null, contact: URL | null): void {
  const access = new Access(link, parent);
  let session: ConsoleSession | null = null;
  /** While a token is asked for, to open a console with. */
  let requesting: AbortController | null = null;
  let cancelRequest = (): void => {};
  /** Shows a card again that depends on whether there is somebody to ask for tokens. */
  let showAgain = (): void => {};
  const frame = new Frame(link.type, link.name ?? words().title, link.viewOnly, () => {
    session?.renew();
  });
  tell(parent, frame);

  const open = (): void => {
    showAgain = () => session?.showAgain();
    session = new ConsoleSession(link, frame, access, {
      onExpiring: ({ expiresInMs, renewable }) =>
        parent?.post({ type: "expiring", expiresInMs: Math.round(expiresInMs), renewable }),
      onEnd: end,
    });
    void session.open();
  };

  const end = (ending: Omit<Ending, "canRequest" | "contact">): void => {
    session = null;
    const { reason, code } = ending.info;
    if (reason === "client_closed") parent?.takeBackQuestion();
    frame.setStatus("ended");
    parent?.post({ type: "closed", reason, code, wasClean: code !== 1006 });
    const show = (circumstance: Ending["circumstance"]): HTMLElement => {
      frame.setStatus("ended");
      const card = createEndCard(
        { ...ending, circumstance, canRequest: access.canRequest, contact },
        { reopen: open, renewAndReopen: () => void requestAndOpen(), close: canCloseTab() ? closeTab : null, copy },
      );
      frame.showCard(card);
      showAgain = () => show(circumstance);
      return card;
    };
    const card = show(ending.circumstance);
    if (reason === "connect_failed" && !ending.reached) void explain(card, () => show("blocked"));
  };

  const requestAndOpen = async (): Promise<void> => {
    const request = (requesting = new AbortController());
    const showBefore = showAgain;
    cancelRequest = () => {
      request.abort();
      requesting = null;
      parent?.takeBackQuestion();
      showAgain = showBefore;
      showAgain();
    };
    showAgain = () => {};
    frame.setStatus("connecting");
    frame.showCard(createRequestingCard(() => cancelRequest()));
    try {
      await access.request(request.signal);
    } catch (error) {
      if (request.signal.aborted) return;
      requesting = null;
      const sentence = error instanceof Error ? error.message : String(error);
      showAgain = () => {
        frame.setStatus("ended");
        frame.showCard(createRequestFailedCard(sentence, () => void requestAndOpen()));
      };
      showAgain();
      return;
    }
    requesting = null;
    access.confirm();
    open();
  };

  const copy = async (text: string): Promise<boolean> => {
    const copied = await copyText(text);
    if (copied) frame.toasts.show(words().notices.copied);
    else frame.toasts.warn(words().notices.copyRefused);
    return copied;
  };

  const closeTab = (): void => {
    window.close();
    if (!window.closed) frame.toasts.warn(words().notices.closeRefused);
  };

  parent?.listen({
    focus: () => session?.focus(),
    canRenew: () => showAgain(),
    close: () => {
      if (requesting === null) session?.close();
      else cancelRequest();
    },
    renew: (token) => {
      access.offer(token);
      if (session !== null) {
        session.renew(token);
        return;
      }
      requesting?.abort();
      requesting = null;
      access.confirm();
      open();
    },
  });

  if (access.hasToken) {
    open();
    return;
  }
  document.title = link.name ?? words().title;
  showAgain = () => {
    frame.setStatus("no-token");
    frame.showCard(createNoTokenCard(access.canRequest ? () => void requestAndOpen() : null));
  };
  showAgain();
}

/** Browsers let a page close a tab that has shown nothing else. (Who opened it is kept from the page, see its headers.) */
function canCloseTab(): boolean {
  return window.parent === window && history.length === 1;
}

/** Says more about a connection that never came to be, unless the person has gone on meanwhile. */
async function explain(card: HTMLElement, showBlocked: () => void): Promise<void> {
  if ((await answersHttp()) && card.isConnected) showBlocked();
}

/** Has the page around this one told each state from now on. */
function tell(parent: EmbeddingParent | null, frame: Frame): void {
  if (parent === null) return;
  parent.post({ type: "ready" });
  frame.onStatus = (state) => {
    parent.post({ type: "state", state });
  };
}
