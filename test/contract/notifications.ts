import { expect, it } from "vitest";
import type { NotificationFilter } from "../../src/store/notifications.ts";
import { makeNotification } from "../support/make.ts";
import { allPages, FIRST_PAGE, upTo, type Current } from "./ledger.ts";

/** The bell. */
export function notificationContract(current: Current): void {
  const add = (...ids: readonly string[]) => current().notifications.add(ids.map((id) => makeNotification({ id })));

  it("keeps a notification as it was given, once", async () => {
    await add("n1");
    await current().notifications.add([makeNotification({ id: "n1", title: "another" }), makeNotification({ id: "n2", read: true })]);
    expect(await current().notifications.list({ organization: "default" }, FIRST_PAGE)).toEqual({
      data: [makeNotification({ id: "n2", read: true }), makeNotification({ id: "n1" })],
      nextCursor: null,
    });
  });

  it("adds none of none", async () => {
    await current().notifications.add([]);
    expect((await current().notifications.list({ organization: "default" }, FIRST_PAGE)).data).toEqual([]);
  });

  it("keeps one that was read as read when it is added again", async () => {
    await add("n1");
    expect(await current().notifications.markRead("default", "n1")).toEqual(makeNotification({ id: "n1", read: true }));
    expect(await current().notifications.markRead("default", "n1")).toEqual(makeNotification({ id: "n1", read: true }));
    await add("n1");
    expect((await current().notifications.list({ organization: "default" }, FIRST_PAGE)).data).toEqual([
      makeNotification({ id: "n1", read: true }),
    ]);
  });

  it("answers null where the notification to mark is not there", async () => {
    expect(await current().notifications.markRead("default", "none")).toBeNull();
  });

  it.each<[string, Omit<NotificationFilter, "organization">, readonly string[]]>([
    ["nobody in particular", {}, ["n4", "n3", "n2", "n1"]],
    ["a user", { user: "u1" }, ["n3", "n1"]],
    ["what is unread", { unread: true }, ["n4", "n3"]],
    ["read or unread", { unread: false }, ["n4", "n3", "n2", "n1"]],
    ["what a user has not read", { user: "u1", unread: true }, ["n3"]],
    ["an unknown user", { user: "u9" }, []],
  ])("lists for %s, newest first, page by page", async (_title, filter, ids) => {
    for (const i of [1, 2, 3, 4]) await current().notifications.add([makeNotification({ id: `n${i}`, user: i % 2 === 1 ? "u1" : "u2" })]);
    for (const id of ["n1", "n2"]) await current().notifications.markRead("default", id);
    const list = (limit: number) => allPages((page) => current().notifications.list({ organization: "default", ...filter }, page), limit);
    for (const limit of [1, 50]) expect((await list(limit)).map(({ id }) => id)).toEqual(ids);
  });

  it("pages through notifications, each once, while others are added", async () => {
    await add(...upTo(7).map((i) => `n${i}`));
    const listed = await allPages(
      (page) => current().notifications.list({ organization: "default", user: "7605001" }, page),
      3,
      (page) => add(`late ${page}`),
    );
    expect(listed.map(({ id }) => id)).toEqual(upTo(7).map((i) => `n${6 - i}`));
  });
}
