import { ConsoleConnection } from "@curfew/client";
import RFB from "@novnc/novnc";

export async function open(screen: HTMLElement): Promise<ConsoleConnection> {
  const connection = new ConsoleConnection({
    authorize: () => ({ url: "/websockify?token=abc" }),
    waitForViewer: true,
  });
  connection.on("channel", (channel) => {
    const rfb = new RFB(screen, channel); // a new one for each attempt
    rfb.addEventListener("connect", () => connection.viewerReady());
  });
  await connection.connect();
  return connection;
}
