import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkCustomFunction } from "../../../src/actions/custom-function/check.ts";
import { systemDeadline, withDeadline } from "../../../src/actions/custom-function/deadline.ts";
import { indexFunctions } from "../../../src/actions/custom-function/host-function.ts";
import { functionHttp } from "../../../src/actions/custom-function/http.ts";
import { functionMail } from "../../../src/actions/custom-function/mail.ts";
import { CustomFunction } from "../../../src/model/actions/custom-function.ts";
import type { MailMessage } from "../../../src/outbound/mail.ts";
import { moduleNamed, modules } from "../action-input.ts";

const RUNNING = new AbortController().signal;
const OVER = AbortSignal.abort(new Error("the function's time is over"));

/** A mailer that takes everything but what is refused, and remembers it. */
function outgoing(refused: readonly string[] = []) {
  const sent: MailMessage[] = [];
  const send = async (mail: MailMessage) => {
    sent.push(mail);
    const rejected = mail.to.filter((to) => refused.includes(to)).map((address) => ({ address, error: "550 no", permanent: true }));
    return { accepted: mail.to.filter((to) => !refused.includes(to)), rejected };
  };
  return { sent, send };
}

describe("mail", () => {
  it("has the same Message-IDs in every attempt", async () => {
    const mailer = outgoing();
    for (const _ of [1, 2]) {
      const mail = functionMail(mailer, "run_1", RUNNING);
      await mail.send({ to: "a@b.example", subject: "one", text: "1" });
      await mail.send({ to: ["a@b.example", "c@d.example"], subject: "two", text: "2" });
    }
    expect(mailer.sent.map(({ messageId }) => messageId)).toEqual(["run_1.1", "run_1.2", "run_1.1", "run_1.2"]);
  });

  it("makes the part that is left out", async () => {
    const mailer = outgoing();
    const mail = functionMail(mailer, "run_1", RUNNING);
    await mail.send({ to: "a@b.example", subject: "s", html: "<p>1 &lt; 2</p>" });
    await mail.send({ to: "a@b.example", subject: "s", text: "1 < 2" });
    expect(mailer.sent[0]).toMatchObject({ html: "<p>1 &lt; 2</p>", text: "1 < 2" });
    expect(mailer.sent[1]?.text).toBe("1 < 2");
    expect(mailer.sent[1]?.html).toContain("1 &lt; 2");
  });

  it("says who was refused, and needs something to say", async () => {
    const mail = functionMail(outgoing(["c@d.example"]), "run_1", RUNNING);
    await expect(mail.send({ to: ["a@b.example", "c@d.example"], subject: "s", text: "t" })).rejects.toThrow(
      "c@d.example was refused: 550 no",
    );
    await expect(mail.send({ to: "a@b.example", subject: "s" })).rejects.toThrow("html or text");
  });
});

it("no tool works once the time is over", async () => {
  const mailer = outgoing();
  const request = vi.fn<() => Promise<never>>();
  await expect(functionMail(mailer, "run_1", OVER).send({ to: "a@b.example", subject: "s", text: "t" })).rejects.toThrow("time is over");
  await expect(functionHttp({ request }, 1000, OVER).get("https://a.example")).rejects.toThrow("time is over");
  expect([mailer.sent, request.mock.calls]).toEqual([[], []]);
});

describe("the deadline", () => {
  const never = () => new Promise<never>(() => undefined);
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("comes after so many ms and not before", async () => {
    let ended: unknown = null;
    const waiting = withDeadline(never, { ms: 5000, stop: RUNNING, start: systemDeadline }).then((how) => (ended = how));
    await vi.advanceTimersByTimeAsync(4999);
    expect(ended).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(ended).toEqual({ how: "timedOut" });
  });

  it("leaves no timer behind work that has ended, and tells it so", async () => {
    let given: AbortSignal | null = null;
    const work = async (signal: AbortSignal) => void (given = signal);
    expect(await withDeadline(work, { ms: 5000, stop: RUNNING, start: systemDeadline })).toEqual({ how: "returned", value: undefined });
    expect(vi.getTimerCount()).toBe(0);
    expect(given).toMatchObject({ aborted: true });
  });

  it("is now where the process stops", async () => {
    const stop = new AbortController();
    const waiting = withDeadline(never, { ms: 5000, stop: stop.signal, start: systemDeadline });
    stop.abort();
    expect(await waiting).toEqual({ how: "stopped" });
    expect(await withDeadline(never, { ms: 5000, stop: stop.signal, start: systemDeadline })).toEqual({ how: "stopped" });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("check", () => {
  const functions = indexFunctions({ applyLateFee: () => 1, "kebab-name": () => 2 });
  const issues = (spec: object) =>
    checkCustomFunction(
      CustomFunction.parse({ name: "applyLateFee", module: "invoices", language: "host", ...spec }),
      { module: moduleNamed("invoices"), modules, connections: ["erp"] },
      functions,
    );

  it.each(["applyLateFee", "apply-late-fee", "kebab-name", "kebabName"])("knows %s", (name) => expect(issues({ name })).toEqual([]));

  it("knows no function that every object has", () => {
    expect(issues({ name: "constructor" }).map(({ path }) => path)).toEqual(["name"]);
  });

  it.each<[object, string]>([
    [{ name: "aplyLateFee" }, "name"],
    [{ connections: ["epr"] }, "connections.0"],
    [
      {
        parameters: [
          { name: "a", value: "1" },
          { name: "a", value: "2" },
        ],
      },
      "parameters.1.name",
    ],
  ])("finds the mistake in %j", (spec, path) => expect(issues(spec)).toMatchObject([{ path }]));

  it("hints at the function that was meant", () => {
    expect(issues({ name: "aplyLateFee" })[0]?.hint).toBe('did you mean "applyLateFee"?');
  });
});
