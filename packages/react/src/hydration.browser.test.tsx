import { type ReactNode, act } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { AnsweringGateway } from "../test/render.tsx";
import { SerialConsoleView, VncConsoleView, useConsoleState, useExpiryCountdown } from "./index.ts";

const { options } = new AnsweringGateway();
const overlay = ({ status }: { status: string }): ReactNode => <p>{status}</p>;

/** Both views and both hooks, before any console is open. */
function Page(): ReactNode {
  return (
    <main>
      <output>{useConsoleState(null).status}</output>
      <output>{useExpiryCountdown(null)}</output>
      <VncConsoleView {...options} className="screen" overlay={overlay} />
      <SerialConsoleView {...options} style={{ height: "20rem" }} overlay={overlay} />
    </main>
  );
}

test("takes over what a server rendered, without a warning", async () => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  const onRecoverableError = vi.fn<(error: unknown) => void>();
  const element = document.createElement("div");
  const complaints = vi.spyOn(console, "error").mockImplementation(() => {});
  element.innerHTML = renderToString(<Page />);
  // React 18 complains of layout effects here: for the views this is no server, but a browser.
  complaints.mockClear();
  document.body.append(element);
  const screen = element.querySelector(".screen");
  expect(screen?.textContent).toBe("idle");

  const root = await act(async () => hydrateRoot(element, <Page />, { onRecoverableError }));
  // The server's own nodes, not new ones in their place.
  expect(element.querySelector(".screen")).toBe(screen);
  expect(onRecoverableError).not.toHaveBeenCalled();
  expect(complaints).not.toHaveBeenCalled();

  await act(async () => root.unmount());
  element.remove();
  complaints.mockRestore();
});
