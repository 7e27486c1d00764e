import type { SerialConsole } from "@curfew/client/serial";
import { settings } from "../settings/settings-store.ts";

const FLASH_MS = 150;
const TONE = { hertz: 660, seconds: 0.12, volume: 0.05 };

/** Flashes or sounds when the machine rings its bell, as the user has set it. A bell during another one is ignored. */
export function ringBell(serial: SerialConsole, signal: AbortSignal): void {
  let ringing = false;
  const ring = (): void => {
    const { bell } = settings.current;
    if (ringing || bell === "off") return;
    ringing = true;
    document.body.toggleAttribute("data-bell", bell === "flash");
    if (bell === "sound") void playTone();
    setTimeout(() => {
      ringing = false;
      document.body.toggleAttribute("data-bell", false);
    }, FLASH_MS);
  };
  serial.on("bell", ring, { signal });
}

/** Browsers allow it once the user has pressed a key or clicked. */
async function playTone(): Promise<void> {
  const context = new AudioContext();
  try {
    const tone = new OscillatorNode(context, { frequency: TONE.hertz });
    tone.connect(new GainNode(context, { gain: TONE.volume })).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + TONE.seconds);
    await new Promise((resolve) => {
      tone.addEventListener("ended", resolve);
      if (context.state === "suspended") resolve(undefined);
    });
  } finally {
    await context.close();
  }
}
