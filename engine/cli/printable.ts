/**
 * Text that others wrote, made safe for a terminal: control characters become visible (`\u001b` shows as `␛`), so that
 * nothing moves the cursor, sets the title or hides a line. Newlines and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll(control, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "␡" : "\ufffd";
  });
}

/** C0 but newline and tab, DEL, C1, and the marks that turn the direction of writing. */
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
