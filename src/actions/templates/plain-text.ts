/** Far deeper than mails are; without a limit the converter's recursion ends in a stack overflow. */
const MAX_DEPTH = 200;

/** The text part of a mail, made from its HTML: links with their address, headings and paragraphs apart, images left out. */
export async function plainText(html: string): Promise<string> {
  // Loaded by who sends HTML without a text of its own, because it takes a fifth of a second.
  const { convert } = await import("html-to-text");
  const heading = { uppercase: false };
  return convert(html, {
    wordwrap: false,
    limits: { maxDepth: MAX_DEPTH },
    selectors: [
      { selector: "img", format: "skip" },
      { selector: "a", options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
      ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: heading })),
    ],
  });
}
