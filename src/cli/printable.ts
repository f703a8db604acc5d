/** JSON that must not steer the terminal: it escapes the first 32 characters alone. */
export function printable(json: string): string {
  return json.replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A name or an id of somebody else's choice, without quotes around it. */
export function printableText(text: string): string {
  return printable(JSON.stringify(text).slice(1, -1));
}
