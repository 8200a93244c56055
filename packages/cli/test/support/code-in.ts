/** A call, an object, a name of several words, or an option in backticks. */
const CODE =
  /\w\(|\bmesh\.|\bdetails\.|\{|\bnew [A-Z]|\b[a-z]+[A-Z]\w*|\b\w+Storage\b|`(?!\?schema=)/;

/** Code of a program in a hint, which is for the command line. */
export function codeIn(hint: string): string | undefined {
  return CODE.exec(hint.replace(/"[^"]*"|`(?:npm|syntha) [^`]*`/g, ""))?.[0];
}
