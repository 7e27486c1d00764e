/** How a real VNC server secures its connections: VeNCrypt over TLS, with a certificate. */
export interface VncTls {
  /** PEM file with the server's certificate. */
  readonly cert: string;
  /** PEM file with its private key. */
  readonly key: string;
}
