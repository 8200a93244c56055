import type { TelemetryOptions } from "../options.ts";

const DEFAULT_MAX_LENGTH = 4_096;
/** Keys or topics in one span. */
const MAX_NAMES = 100;

/** Converts user data into attributes, if the options ask for it, and truncates it. */
export class Capture {
  readonly keys: boolean;
  readonly values: boolean;
  readonly #maxLength: number;

  constructor({ captureKeys, captureValues, maxCapturedLength }: TelemetryOptions) {
    this.keys = captureKeys === true;
    this.values = captureValues === true;
    this.#maxLength = maxCapturedLength ?? DEFAULT_MAX_LENGTH;
  }

  /** JSON; a string is returned unchanged, as it is the JSON text of a model. */
  json(value: unknown): string {
    if (typeof value === "string") return this.text(value);
    try {
      return this.text(JSON.stringify(value) ?? "");
    } catch {
      return "";
    }
  }

  names(names: readonly unknown[]): string[] {
    return names.slice(0, MAX_NAMES).map((name) => this.text(String(name)));
  }

  text(text: string): string {
    return text.length <= this.#maxLength ? text : `${text.slice(0, this.#maxLength)}…`;
  }
}
