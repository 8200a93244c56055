import type { TelemetryOptions } from "../options.ts";

const MOST_CHARACTERS = 4_096;
/** Keys or topics that one span tells. */
const MOST_NAMES = 100;

/** Makes attributes of what users keep in a mesh; only where they asked for it, and only so much of it. */
export class Capture {
  readonly keys: boolean;
  readonly values: boolean;
  readonly #most: number;

  constructor({ captureKeys, captureValues, maxCaptured }: TelemetryOptions) {
    this.keys = captureKeys === true;
    this.values = captureValues === true;
    this.#most = maxCaptured ?? MOST_CHARACTERS;
  }

  /** As JSON, unless it is the JSON text that a model wrote. */
  json(value: unknown): string {
    if (typeof value === "string") return this.text(value);
    try {
      return this.text(JSON.stringify(value) ?? "");
    } catch {
      return "";
    }
  }

  names(names: readonly unknown[]): string[] {
    return names.slice(0, MOST_NAMES).map((name) => this.text(String(name)));
  }

  text(text: string): string {
    return text.length <= this.#most ? text : `${text.slice(0, this.#most)}…`;
  }
}
