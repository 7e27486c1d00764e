import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll } from "vitest";
import { TestCertificate } from "./certificate.ts";
import { useTargetTransport } from "./transport.ts";

// The set-up of a test file whose targets are reached over TLS.
const certificate = await TestCertificate.create();
setDefaultCACertificates([...getCACertificates("default"), certificate.pem]);
useTargetTransport({ type: "tls", certificate, folder: undefined });
afterAll(() => certificate[Symbol.dispose]());
