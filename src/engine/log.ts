/** What the engine says about itself, apart from the ledger. pino's own loggers are of this shape. */
export type Logger = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
};
