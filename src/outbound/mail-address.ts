const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const TOP_LABEL = /^(?:[A-Za-z]{2,}|xn--[A-Za-z0-9-]+)$/i;

/**
 * Is a text exactly one plain mail address? ASCII dot-atoms only (RFC 5321, section 4.1.2): a display name, a list, a group, a quoted part,
 * a comment, a line break or any other control character makes it none. Nothing is trimmed or repaired.
 */
export function isOneAddress(text: string): boolean {
  // RFC 5321, section 4.5.3.1.3: a path has 256 characters, its brackets included.
  if (text.length > 254) return false;
  const at = text.indexOf("@");
  const local = text.slice(0, at);
  const labels = text.slice(at + 1).split(".");
  return (
    at > 0 &&
    local.length <= 64 &&
    LOCAL.test(local) &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label)) &&
    TOP_LABEL.test(labels.at(-1) ?? "")
  );
}

/** What stands after the `@`. */
export function domainOf(address: string): string {
  return address.slice(address.indexOf("@") + 1);
}
