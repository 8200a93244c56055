import type { Mind } from "../mind.ts";
import { connectionOf } from "./connection.ts";
import { type ModelChoice, spellModel } from "./model-choice.ts";
import { toModelFailure } from "./model-failure.ts";
import { ModelMind } from "./model-mind.ts";
import { openRun } from "./open-run.ts";
import { Transcript } from "./transcript.ts";

/** @throws DeskError when the model can't be asked, or its transcript can't be written */
export async function openMind(choice: ModelChoice, rules: Mind): Promise<Mind> {
  const connection = connectionOf(choice);
  const { context, parallel, fallback, transcript } = choice;
  return new ModelMind({
    run: await openRun(choice, connection),
    name: spellModel(choice),
    toFailure: (error) => toModelFailure(error, choice, connection),
    context,
    parallel,
    fallback: fallback === "rules" ? rules : undefined,
    transcript: transcript === undefined ? undefined : await Transcript.open(transcript),
  });
}
