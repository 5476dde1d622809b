// Text that came from a host, made safe for a terminal. It does not know where the text will be shown.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes control characters visible, so that no host can move the cursor, set a title or hide text.
 *
 * Tab and newline stay; a carriage return before a newline goes; everything else of C0, C1 and the bidirectional overrides
 * becomes `\x1b`-like text.
 */
export function neutralise(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROL, (char) => {
    const code = char.charCodeAt(0);
    return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

/** What JSON may hold as it is, and a terminal takes for a command: DEL, C1, bidirectional overrides. They occur in texts only. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** The same JSON, safe to look at in a terminal. */
export function neutraliseJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
