import { createRefusedCard } from "../cards/status-cards.ts";
import type { UrlProblem } from "../console-url/url-problem.ts";
import { CONSOLES } from "../consoles/index.ts";
import type { EmbeddingParent } from "../embedding/embedding-parent.ts";
import { texts } from "../locales/texts.ts";
import { PageShell } from "../shell/page-shell.ts";

/** Shows why the page does not open its URL. */
export function showRefusedPage(problem: UrlProblem, parent: EmbeddingParent | undefined): void {
  const shell = new PageShell({
    type: "vnc",
    icon: CONSOLES.vnc.icon,
    name: texts().title,
    viewOnly: false,
    onRenew: () => {},
    onHideBanner: () => {},
    onTakeoverAnswer: () => {},
    onStatus: (state) => parent?.post({ type: "state", state }),
  });
  parent?.post({ type: "ready" });
  document.title = texts().cards.refused;
  shell.setStatus("refused");
  shell.showCard(createRefusedCard(problem));
}
