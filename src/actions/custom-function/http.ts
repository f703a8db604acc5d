import type { Json } from "../../model/json.ts";
import type { HttpClient } from "../../outbound/http.ts";

/** A call as functions make it. `parameters` go into the query; a body that is no text is sent as JSON. */
export type FunctionRequest = {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: Json;
};

/** Whatever the status; `json` is the body read as JSON, null where it is none. */
export type FunctionResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  readonly json: Json;
};

export type FunctionHttp = {
  get(url: string, options?: Omit<FunctionRequest, "url" | "method" | "body">): Promise<FunctionResponse>;
  request(request: FunctionRequest): Promise<FunctionResponse>;
};

const MAX_BODY_BYTES = 1024 * 1024;

/** Calls behind the outbound guard, each for as long as the function has. */
export function functionHttp(http: Pick<HttpClient, "request">, timeoutMs: number, signal: AbortSignal): FunctionHttp {
  async function request({ url, method = "GET", headers = {}, parameters = {}, body }: FunctionRequest): Promise<FunctionResponse> {
    signal.throwIfAborted();
    const target = new URL(url);
    for (const [name, value] of Object.entries(parameters)) target.searchParams.append(name, String(value));
    const isText = typeof body === "string";
    const typed = isText || body === undefined || hasContentType(headers) ? headers : { "Content-Type": "application/json", ...headers };
    const sent = body === undefined ? {} : { body: isText ? body : JSON.stringify(body) };
    const answer = await http.request({ method, url: target, headers: typed, timeoutMs, signal, maxBodyBytes: MAX_BODY_BYTES, ...sent });
    return { status: answer.status, headers: answer.headers, body: answer.body, json: readJson(answer.body) };
  }
  return { request, get: (url, options = {}) => request({ ...options, url, method: "GET" }) };
}

function hasContentType(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
}

function readJson(text: string): Json {
  try {
    // What JSON.parse gives is JSON.
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
