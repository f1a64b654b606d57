/** What the network says to people. Pino's loggers fit. */
export interface PeerLog {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}
