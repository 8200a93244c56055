import { checkFlag, checkOptions, knownOptions } from "@syntha/core/storage";
import type { SchemaDialect } from "@syntha/tools";

export interface StrictOption {
  /**
   * Whether the vendor enforces the tools' schemas. If false, the schemas have the portable form, which servers that are
   * compatible with OpenAI, such as Gemini's, accept too. Invalid arguments are refused either way.
   * @default true
   */
  readonly strict?: boolean | undefined;
}

/** The `strict` option of the function `of`. @throws INVALID_ARGUMENTS */
export function isStrict(of: string, options: StrictOption): boolean {
  checkOptions(options, knownOptions<StrictOption>(of, { strict: true }));
  checkFlag("strict", options.strict);
  return options.strict ?? true;
}

export const dialectOf = (strict: boolean): SchemaDialect => (strict ? "strict" : "portable");

/**
 * Gives a strict definition the SDK's mark of a tool with a parser, whose `parse` and `stream` then do not throw on invalid
 * JSON: the call is answered with a hint. Nothing of it is sent.
 */
export function withLenientParser<T extends object>(definition: T): T {
  return Object.defineProperties(definition, {
    $brand: { value: "auto-parseable-tool" },
    $parseRaw: { value: parseOrNull },
  });
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
