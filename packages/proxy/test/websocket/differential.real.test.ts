import { describeDifferences } from "./differential-suite.ts";
import { startGorilla } from "./peers/gorilla.ts";
import { startPythonWebsockets } from "./peers/python-websockets.ts";

describeDifferences("Python's websockets", startPythonWebsockets);
describeDifferences("Go's gorilla", startGorilla);
