import { afterAll } from "vitest";
import { SocketFolder } from "./endpoint-server.ts";
import { useTargetTransport } from "./transport.ts";

// The set-up of a test file whose targets listen on Unix sockets.
const folder = new SocketFolder();
useTargetTransport({ type: "unix", certificate: undefined, folder: folder.path });
afterAll(() => folder[Symbol.dispose]());
