import type { Page, PageRequest } from "./page.ts";

/** An in-app notification of one user: the bell. */
export type Notification = {
  readonly organization: string;
  /** Derived from the run and the user, so that writing it again changes nothing. */
  readonly id: string;
  readonly user: string;
  readonly title: string;
  readonly message: string;
  readonly module: string;
  readonly record: string;
  readonly read: boolean;
  readonly createdAt: number;
};

export type NotificationFilter = { readonly organization: string; readonly user?: string; readonly unread?: boolean };

export type NotificationStore = {
  /** Those already there are left alone. */
  add(notifications: readonly Notification[]): Promise<void>;
  /** Newest first. */
  list(filter: NotificationFilter, page: PageRequest): Promise<Page<Notification>>;
  /** Null where there is none. */
  markRead(organization: string, id: string): Promise<Notification | null>;
};
