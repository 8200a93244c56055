import {
  ContextThread,
  fillPrompt,
  placeContext,
  renderChanges,
  renderContext,
} from "@syntha/prompts";
import { type HintCase, hintCases } from "./hint-case.ts";

/** Calls that draw prompts. */
export const PROMPTS: readonly HintCase[] = [
  ...hintCases("INVALID_ARGUMENTS", {
    "Pass { tokens: 2000 }, or omit it for 4,000 tokens.": [
      ({ ann }) => renderContext(ann, { budget: { tokens: 1 } }),
      async ({ ann }) => {
        await renderContext(ann, { budget: { tokens: 2_000 } });
        await renderContext(ann);
      },
    ],
    'Pass [{ key: "task:*" }, { author: "Manager" }].': [
      ({ ann }) => renderContext(ann, { priority: [{ kind: "task" }] as never }),
      ({ ann }) => renderContext(ann, { priority: [{ key: "task:*" }, { author: "Manager" }] }),
    ],
    "Omit it to select regardless of it.": [
      ({ ann }) => renderContext(ann, { topics: [] }),
      ({ ann }) => renderContext(ann),
    ],
    'Put {{notes}} where the context belongs, or place it with "prepend" or "append".': [
      () => placeContext("Answer.", "text", { placeholder: "{{notes}}" }),
      () => [
        placeContext("{{notes}} Answer.", "text", { placeholder: "{{notes}}" }),
        placeContext("Answer.", "text", "prepend"),
        placeContext("Answer.", "text", "append"),
      ],
    ],
    "Omit it for a random mark; set it only where the output must be reproducible.": [
      ({ ann }) => fillPrompt(ann, "{{it}}", { mark: "<m>" }),
      ({ ann }) => fillPrompt(ann, "{{it}}"),
    ],
    "Omit it for its default.": [
      ({ ann }) => renderContext(ann, { maxItems: 0 }),
      ({ ann }) => renderContext(ann),
    ],
    "Pass the `state` of this agent's last prompt unchanged. To start over, call renderContext": [
      async ({ ann, bea }) => renderChanges(bea, (await renderContext(ann)).state),
      async ({ bea }) => {
        await renderChanges(bea, (await renderContext(bea)).state);
        await new ContextThread(bea).next();
      },
    ],
    'Render a full block each time with renderContext, or select "done" or "failed".': [
      ({ ann }) => new ContextThread(ann, { state: "open" }),
      async ({ ann }) => {
        await renderContext(ann, { state: "open" });
        await new ContextThread(ann, { state: "done" }).next();
      },
    ],
    'Pass ["order"] for events of this type, or true for all; omit it for no events.': [
      ({ ann }) => new ContextThread(ann, { events: "order" as never }),
      async ({ ann }) => {
        await new ContextThread(ann, { events: ["order"] }).next();
        await new ContextThread(ann, { events: true }).next();
        await new ContextThread(ann).next();
      },
    ],
    "Pass the text itself; it may be empty.": [
      ({ ann }) => fillPrompt(ann, undefined as never),
      async ({ ann }) => {
        await fillPrompt(ann, "Answer {{it}}.");
        await fillPrompt(ann, "");
      },
    ],
  }),
];
