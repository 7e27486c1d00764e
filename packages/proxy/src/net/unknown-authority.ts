/** OpenSSL's words for a certificate whose authority is not known, which drivers pass on. Node adds an advice on its own flags. */
const UNKNOWN = /^(?:unable to (?:verify the first|get (?:local )?issuer) certificate|self-signed certificate)/;

/** Whether a server was not trusted because nothing that is known has signed its certificate. */
export function isUnknownAuthority(error: unknown): boolean {
  return error instanceof Error && UNKNOWN.test(error.message);
}
