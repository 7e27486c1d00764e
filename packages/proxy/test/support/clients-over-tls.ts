import { afterAll } from "vitest";
import { TestCertificate } from "./certificate.ts";
import { useTls } from "./transport.ts";

// The set-up of a test file whose gateways and clients are to speak TLS.
const certificate = await TestCertificate.create();
useTls(certificate);
afterAll(() => certificate[Symbol.dispose]());
