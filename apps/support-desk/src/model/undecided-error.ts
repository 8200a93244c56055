/** Why a model came to no decision this time. Another try may do better. */
export class UndecidedError extends Error {
  override readonly name = "UndecidedError";
  /** What to do when no try does. */
  readonly hint =
    "Start again with the same --storage: one that you name keeps everything else. Name another --model, or --fallback rules to let rules decide what the model does not.";
}
