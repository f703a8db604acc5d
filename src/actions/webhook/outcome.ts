import { STATUS_CODES } from "node:http";
import { StringDecoder } from "node:string_decoder";
import type { JsonObject } from "../../model/json.ts";
import type { HttpAnswer } from "../../outbound/http.ts";
import type { ActionResult } from "../action.ts";
import type { WebhookBody } from "./request.ts";
import { retryAfterMs } from "./retry.ts";

const MAX_STORED_BYTES = 16 * 1024;

/** What an answer means for the run: 2xx is success, 410 ends it, anything else is tried again with the same body. */
export function outcomeOf(answer: HttpAnswer, host: string, sent: WebhookBody, now: number): ActionResult {
  const { status } = answer;
  const response = { status, body: beginning(answer.body) };
  if (status >= 200 && status < 300) return { outcome: "succeeded", response };
  if (status === 410)
    return failure(`${describe(status, host)}: it wants no more of these, so this is not tried again`, false, sent, response);
  const wait = retryAfterMs(answer.headers["retry-after"], now);
  const result = failure(describe(status, host) + advice(status), true, sent, response);
  return wait === undefined ? result : { ...result, retryAfterMs: wait };
}

/** An attempt that failed; what was to be sent is kept where it will be tried again. */
export function failure(error: string, retry: boolean, sent: WebhookBody | null, response: JsonObject | null) {
  return { outcome: "failed", error, retry, response, ...(retry && sent ? { freeze: { ...sent } } : {}) } as const;
}

function describe(status: number, host: string): string {
  return `${host} answered ${[status, STATUS_CODES[status]].join(" ").trim()}`;
}

function advice(status: number): string {
  if (status >= 300 && status < 400) return ": redirects are not followed, the webhook needs the final URL";
  if (status === 401 || status === 403) return ": it does not accept the webhook's credentials";
  return "";
}

function beginning(body: string): string {
  if (Buffer.byteLength(body) <= MAX_STORED_BYTES) return body;
  // A decoder leaves out the character that the cut goes through.
  return new StringDecoder("utf8").write(Buffer.from(body).subarray(0, MAX_STORED_BYTES));
}
