/** Why the desk can't work, in a sentence, and what to do about it. */
export class DeskError extends Error {
  override readonly name = "DeskError";
  readonly hint: string;

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.hint = hint;
  }
}
