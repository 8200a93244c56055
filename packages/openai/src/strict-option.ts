import { checkFlag, checkOptions, knownOptions } from "@syntha/core/storage";
import type { SchemaDialect } from "@syntha/tools";

export interface StrictOption {
  /**
   * Whether the vendor enforces the tools' schemas. With false, the schemas are in the portable form, which servers that
   * are compatible with OpenAI, such as Gemini's, accept too. The mesh's tools refuse wrong arguments either way.
   * @default true
   */
  readonly strict?: boolean | undefined;
}

/** Whether definitions are strict, of the options of the call `of`. @throws INVALID_ARGUMENTS */
export function isStrict(of: string, options: StrictOption): boolean {
  checkOptions(options, knownOptions<StrictOption>(of, { strict: true }));
  checkFlag("strict", options.strict);
  return options.strict ?? true;
}

export const dialectOf = (strict: boolean): SchemaDialect => (strict ? "strict" : "portable");
