import type { NodemailerError } from "nodemailer";

const MAX_MESSAGE = 500;

/** A mail that nobody was given. `permanent`: the same message, sent later, would be refused again. */
export class MailError extends Error {
  override readonly name = "MailError";
  readonly permanent: boolean;

  constructor(message: string, permanent: boolean, cause?: unknown) {
    super(message.slice(0, MAX_MESSAGE), cause === undefined ? undefined : { cause });
    this.permanent = permanent;
  }
}

/** Found by nodemailer in the message itself, before any server was asked. */
const OUR_FAULT = new Set(["EENVELOPE", "EMAXRECIPIENTS", "EFILEACCESS", "EURLACCESS"]);

/** What nodemailer or Node threw, as ours: a reply of 5xx is permanent, 4xx and everything about the connection is not. */
export function toMailError(cause: unknown): MailError {
  if (cause instanceof MailError) return cause;
  const { code = "", permanent, response, message } = nodemailerError(cause);
  // 535 is about the operator's password and not about this message, which can go out once that is right.
  if (code === "EAUTH")
    return new MailError(`the mail server does not accept the configured user and password: ${response ?? message}`, false, cause);
  if (response !== undefined) return new MailError(`the mail server answered ${response}`, permanent === true, cause);
  return new MailError(`the mail could not be sent: ${message}`, OUR_FAULT.has(code), cause);
}

/** Nodemailer's own properties of an error; every one of them may be missing. */
export function nodemailerError(cause: unknown): NodemailerError {
  // Every property of a NodemailerError but those of Error is optional, so any Error is one.
  return cause instanceof Error ? cause : new Error(String(cause));
}
