import { SerialConsoleView, VncConsoleView, useConsoleState } from "@curfew/react";
import type { SerialConsole } from "@curfew/client/serial";
import type { VncConsole } from "@curfew/client/vnc";
import { useEffect, useRef, useState } from "react";
import type { MachineCard } from "../../api-types.ts";
import { openPreview } from "../state/back-end.ts";
import { useVisible } from "../state/use-visible.ts";
import { Icon } from "./icon.tsx";

/** A picture each second is enough: the rest of the time the gateway holds the machine's output back. */
const PICTURE_EVERY_MS = 1000;
const TAKING_MS = 200;

/** A small live console that only shows: while it is on the screen, with a token of its own. */
export function Preview({ machine }: { readonly machine: MachineCard }) {
  const frame = useRef<HTMLDivElement>(null);
  const visible = useVisible(frame);
  return (
    <div ref={frame} className={`preview ${machine.type}`} aria-hidden="true" inert>
      <Picture machine={machine} visible={visible} />
    </div>
  );
}

function Picture({ machine, visible }: { readonly machine: MachineCard; readonly visible: boolean }) {
  if (machine.state === "starting") return <Still machine={machine} text="The machine is starting…" />;
  if (machine.state === "failed") return <Still machine={machine} text="The machine did not start" />;
  if (!machine.preview) return <Still machine={machine} text="No preview: its console takes one viewer at a time" />;
  return visible && <Live machine={machine} />;
}

function Live({ machine }: { readonly machine: MachineCard }) {
  const [view, setView] = useState<VncConsole | SerialConsole | null>(null);
  const { status } = useConsoleState(view?.connection ?? null);
  const authorize = async () => await openPreview(machine.id);
  const common = { authorize, autoRenew: true, renew: async () => (await authorize()).token, log: () => {} };
  useLowFrameRate(view);
  return (
    <>
      {machine.type === "vnc" ? (
        <VncConsoleView
          {...common}
          ref={setView}
          className="screen"
          viewOnly
          quality={1}
          compression={9}
          credentials={machine.password === undefined ? {} : { password: machine.password }}
        />
      ) : (
        <SerialConsoleView {...common} ref={setView} className="screen" readOnly fontSize={9} scrollback={0} />
      )}
      {status !== "connected" && <Still machine={machine} text={status === "closed" ? "No picture" : "Connecting…"} />}
    </>
  );
}

function Still({ machine, text }: { readonly machine: MachineCard; readonly text: string }) {
  return (
    <div className="still">
      <Icon name={machine.type === "vnc" ? "monitor" : "terminal"} />
      {text}
    </div>
  );
}

/** Lets the machine's output through for a moment each second, once the first picture is there. */
function useLowFrameRate(view: VncConsole | SerialConsole | null): void {
  useEffect(() => {
    if (view === null) return undefined;
    const { connection } = view;
    let stop = (): void => {};
    const unsubscribe = connection.on("channel", (channel) => {
      stop();
      const timer = setInterval(() => {
        if (connection.state.status !== "connected") return;
        channel.resume();
        setTimeout(() => channel.pause(), TAKING_MS);
      }, PICTURE_EVERY_MS);
      stop = () => clearInterval(timer);
    });
    return () => {
      unsubscribe();
      stop();
    };
  }, [view]);
}
