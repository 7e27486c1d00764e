import type { SerialConsole } from "@curfew/client/serial";
import { SerialConsoleView, useConsoleState, useExpiryCountdown } from "@curfew/react";
import { useState } from "react";

export function Terminal({ authorize }: { authorize: () => Promise<{ url: string; token: string }> }) {
  const [serial, setSerial] = useState<SerialConsole | null>(null);
  const { status } = useConsoleState(serial?.connection ?? null);
  const seconds = useExpiryCountdown(serial?.connection ?? null);
  return (
    <>
      <p role="status">{status}</p>
      {seconds !== null && <p role="timer">Ends in {seconds} s</p>}
      <SerialConsoleView ref={setSerial} authorize={authorize} style={{ height: 400 }} />
    </>
  );
}
