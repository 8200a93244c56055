export interface StrictOption {
  /**
   * Whether the vendor holds the model to the tools' schemas. Default true; false for compatible servers that refuse
   * the word. Wrong arguments are refused by the mesh's tools either way.
   */
  readonly strict?: boolean | undefined;
}
