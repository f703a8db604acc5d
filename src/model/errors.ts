/** Every code a caller may meet and its HTTP status. Codes are never reused or renamed (contract, section 3). */
export const ERRORS = {
  validation_failed: 400,
  malformed_json: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  managed_by_file: 409,
  idempotency_conflict: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  limit_exceeded: 422,
  rate_limited: 429,
  internal_error: 500,
  overloaded: 503,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERRORS;

/** One mistake: where (`conditions.0.pattern`, empty for the whole), what was expected and what stands there, what to do. */
export type Issue = {
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  /** A limit of the organization is exceeded, nothing else is wrong here: answered as `limit_exceeded`. Never shown. */
  readonly overLimit?: true;
  /** The name that nothing has, which half a set of documents would say of what is only unreadable. Never shown. */
  readonly unknownName?: string;
};

/** The caller's mistake or a state the caller must know of. Anything else that is thrown is a defect or broken machinery. */
export class RulewrightError extends Error {
  override readonly name = "RulewrightError";
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  /** Seconds after which trying again makes sense; only for `rate_limited` and `overloaded`. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: { issues?: readonly Issue[]; retryAfter?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.issues = options.issues ?? [];
    this.retryAfter = options.retryAfter;
  }
}
