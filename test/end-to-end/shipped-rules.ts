import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "vitest";
import type { ParsedMail } from "mailparser";
import type { ActionRun } from "../../src/model/run.ts";
import type { TestApplication } from "./application.ts";

/**
 * Files of `rules/` with the organization's, as they are shipped, but for what their comments tell every user to change: webhooks go to
 * this receiver and their rules are switched on. The file that is written has another folder, so templates are named from the root.
 */
export function shippedRules(...names: readonly string[]): (receiver: string) => string {
  return (receiver) =>
    ["organization", ...names]
      .map((name) => readFileSync(`rules/${name}.yaml`, "utf8"))
      .join("---\n")
      .replaceAll("../templates/", `${resolve("templates")}/`)
      .replaceAll(/(?<=\nurl: )https:\/\/[^/\n]+/g, receiver)
      .replaceAll("\nactive: false\n", "\nactive: true\n");
}

/** What a mail program shows in its list. */
export function envelopeOf(mail: ParsedMail | undefined): { readonly to: string; readonly subject: string | undefined } {
  return {
    to: [mail?.to ?? []]
      .flat()
      .flatMap(({ text }) => text)
      .join(", "),
    subject: mail?.subject,
  };
}

/** The HTML part as a reader sees it: tags gone, runs of white space as one space. Nothing in it may be left of the template's own language. */
export function readHtml(mail: ParsedMail | undefined): string {
  const html = mail?.html || "";
  expect(html).not.toMatch(/\{\{|\}\}|undefined|null|NaN/);
  const body = html.slice(html.indexOf("<body"));
  return body
    .replaceAll(/<\/?(?:span|strong)\b[^>]*>/g, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The unread notes under the bell of a user, newest first. */
export async function bellOf(t: TestApplication, user: string): Promise<readonly object[]> {
  const { data } = await t.engine.reading.notifications({ organization: "default", user, unread: true }, { limit: 100, cursor: null });
  return data.map(({ title, message, module, record }) => ({ title, message, module, record }));
}

/** Runs in the order in which they were planned: what, how it stands, why, and for when. */
export async function runsInWords(t: TestApplication): Promise<readonly string[]> {
  return (await t.runs()).toSorted((a, b) => a.createdAt - b.createdAt || a.n - b.n).map(inWords);
}

function inWords({ action, status, reason, dueAt }: ActionRun): string {
  const due = status === "scheduled" && dueAt !== null ? ` for ${new Date(dueAt).toISOString()}` : "";
  return `${action.name} ${status}${reason === null ? "" : `: ${reason}`}${due}`;
}
