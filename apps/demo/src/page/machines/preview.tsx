import { useConsoleState } from "@curfew/react";
import { useEffect, useRef, useState } from "react";
import type { MachineCard } from "../../api-types.ts";
import { openPreview } from "../api/api-client.ts";
import type { AnyConsole } from "../consoles/console-definition.ts";
import { CONSOLES } from "../consoles/index.ts";
import { useVisible } from "../util/use-visible.ts";
import { Icon } from "../controls/icon.tsx";

/** One update per second is enough; in between the gateway holds back the machine's output. */
const UPDATE_EVERY_MS = 1000;
const UPDATE_MS = 200;

/** A small view-only console with its own token, connected while it is visible. */
export function Preview({ machine }: { readonly machine: MachineCard }) {
  const container = useRef<HTMLDivElement>(null);
  const visible = useVisible(container);
  return (
    <div ref={container} className={`preview ${machine.type}`} aria-hidden="true" inert>
      <PreviewContent machine={machine} visible={visible} />
    </div>
  );
}

function PreviewContent({ machine, visible }: { readonly machine: MachineCard; readonly visible: boolean }) {
  if (machine.state === "starting") return <Placeholder machine={machine} text="The machine is starting…" />;
  if (machine.state === "failed") return <Placeholder machine={machine} text="The machine did not start" />;
  if (!machine.preview)
    return <Placeholder machine={machine} text="No preview: this console accepts one viewer at a time" />;
  return visible && <LivePreview machine={machine} />;
}

function LivePreview({ machine }: { readonly machine: MachineCard }) {
  const { Preview } = CONSOLES[machine.type];
  const [view, setView] = useState<AnyConsole | null>(null);
  const { status } = useConsoleState(view?.connection ?? null);
  const authorize = async () => await openPreview(machine.id);
  const shared = {
    className: "screen",
    authorize,
    autoRenew: true,
    renew: async () => (await authorize()).token,
    log: () => {},
  };
  useLowFrameRate(view);
  return (
    <>
      <Preview shared={shared} onView={setView} password={machine.password} />
      {status !== "connected" && (
        <Placeholder machine={machine} text={status === "closed" ? "No preview" : "Connecting…"} />
      )}
    </>
  );
}

function Placeholder({ machine, text }: { readonly machine: MachineCard; readonly text: string }) {
  return (
    <div className="still">
      <Icon name={CONSOLES[machine.type].icon} />
      {text}
    </div>
  );
}

/** Lets the machine's output through for a moment every second, after the first update. */
function useLowFrameRate(view: AnyConsole | null): void {
  useEffect(() => {
    if (view === null) return undefined;
    const { connection } = view;
    let stop = (): void => {};
    const unsubscribe = connection.on("channel", (channel) => {
      stop();
      const timer = setInterval(() => {
        if (connection.state.status !== "connected") return;
        channel.resume();
        setTimeout(() => channel.pause(), UPDATE_MS);
      }, UPDATE_EVERY_MS);
      stop = () => clearInterval(timer);
    });
    return () => {
      unsubscribe();
      stop();
    };
  }, [view]);
}
