import type { Issue } from "../model/errors.ts";
import type { Organization, User } from "../model/organization.ts";
import { unknownName } from "../model/unknown-name.ts";

/** People of the organization, as recipients name them. */
export type People = { readonly user: string } | { readonly role: string } | { readonly everyone: true };

/** The users that are meant, in the organization's order; none where the name means nobody. */
export function usersOf(people: People, { users }: Organization): readonly User[] {
  if ("user" in people) return users.filter(({ id }) => id === people.user);
  return "role" in people ? users.filter(({ roles }) => roles.includes(people.role)) : users;
}

/** A user or a role that the organization does not have; `path` is where the recipient stands. */
export function checkPeople(people: People, organization: Organization, path: string): readonly Issue[] {
  if ("everyone" in people || usersOf(people, organization).length > 0) return [];
  const { users } = organization;
  if ("user" in people)
    return [
      unknownName(
        `${path}.user`,
        "user of the organization",
        people.user,
        users.map(({ id }) => id),
      ),
    ];
  return [unknownName(`${path}.role`, "role of the organization", people.role, [...new Set(users.flatMap(({ roles }) => roles))])];
}
