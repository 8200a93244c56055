/** User messages with a place for context: `placeContext(PROMPT_TEMPLATES.answer, text)`, followed by your own words. */
export const PROMPT_TEMPLATES = {
  answer: `What the team knows:

{{context}}

Use it to answer what follows. Name the keys that you rely on. If the answer is not in it, say so.`,
  summarize: `{{context}}

Summarize the context for someone who has not followed it: what is decided, what is open, and who works on what. Name the keys. Add nothing that is not in it.`,
  handoff: `{{context}}

You take over this work. State what is done, what comes next, and what you must ask, and whom, before you can continue.`,
  review: `{{context}}

Find items that contradict each other, or that are older than what they depend on. List them by key and author, with what is wrong. If there are none, say so.`,
} as const;
