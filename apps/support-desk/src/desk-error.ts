/** Why the desk cannot work, in one sentence, and what to do about it. */
export class DeskError extends Error {
  override readonly name = "DeskError";
  readonly hint: string;

  constructor(message: string, hint = "", cause?: unknown) {
    super(message, { cause });
    this.hint = hint;
  }
}

/** Invalid command line options. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
