import { checkFlag, checkOptions, knownOptions } from "@syntha/core/storage";

export interface StrictOption {
  /**
   * Whether the vendor holds the model to the tools' schemas. Default true; false for compatible servers that refuse
   * the word. Wrong arguments are refused by the mesh's tools either way.
   */
  readonly strict?: boolean | undefined;
}

/** Whether definitions are strict, of the options of the call `of`. @throws INVALID_ARGUMENTS */
export function isStrict(of: string, options: StrictOption): boolean {
  checkOptions(options, knownOptions<StrictOption>(of, { strict: true }));
  checkFlag("strict", options.strict);
  return options.strict ?? true;
}
