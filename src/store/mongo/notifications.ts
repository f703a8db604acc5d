import type { Notification, NotificationStore } from "../notifications.ts";
import { createBatches, type Answer } from "./batches.ts";
import type { Calls } from "./calls.ts";
import type { Collections, NotificationDocument } from "./documents.ts";
import { keyOf, type Places } from "./ids.ts";
import { insertNew } from "./insert.ts";
import { afterPlace, pageOf } from "./pages.ts";
import type { INDEXES } from "./schema.ts";

export function createNotificationStore(calls: Calls, { notifications }: Collections, places: Places): NotificationStore {
  const adding = createBatches(addAll, { isolates: true });

  async function addAll(lists: readonly (readonly Notification[])[]): Promise<readonly Answer<void>[]> {
    const documents = lists.flat().map((notification) => toDocument(notification, places.next(notification.createdAt)));
    await insertNew(calls, "add notifications", notifications, documents);
    return lists.map(() => ({ value: undefined }));
  }

  return {
    add: adding.add,
    async list({ organization, user, unread }, request) {
      const filter = {
        organization,
        ...(user === undefined ? {} : { user }),
        ...(unread ? { unread: true as const } : {}),
        ...afterPlace(request),
      };
      const hint: keyof typeof INDEXES.notifications =
        user === undefined ? (unread ? "unread" : "place") : unread ? "unreadOfUser" : "user";
      const found = await calls("list notifications", () =>
        notifications
          .find(filter, { hint })
          .sort({ place: -1 })
          .limit(request.limit + 1)
          .toArray(),
      );
      return pageOf(found, request, toNotification);
    },
    async markRead(organization, id) {
      const document = await calls("mark a notification as read", () =>
        notifications.findOneAndUpdate({ _id: keyOf(organization, id) }, { $unset: { unread: "" } }, { returnDocument: "after" }),
      );
      return document && toNotification(document);
    },
  };
}

function toDocument({ read, ...notification }: Notification, place: string): NotificationDocument {
  return { _id: keyOf(notification.organization, notification.id), place, ...notification, ...(read ? {} : { unread: true }) };
}

function toNotification({ _id, place: _place, unread, ...notification }: NotificationDocument): Notification {
  return { ...notification, read: unread !== true };
}
