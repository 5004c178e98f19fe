// What a terminal would obey or show in another order than it is written, made visible: lines for people may hold what an asker wrote.

/** Control characters but tabs and line ends, line separators, and marks that nobody sees or that turn the direction of text. */
const unseen = /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu;

export function escapeControls(text: string): string {
  return text.replace(unseen, (mark) =>
    Array.from({ length: mark.length }, (_, at) => `\\u${mark.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** The same for a text that must not break its line either, such as a name within a list. */
export function onOneLine(text: string): string {
  return escapeControls(text).replaceAll("\t", "\\t").replaceAll("\n", "\\n");
}
