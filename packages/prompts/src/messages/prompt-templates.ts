/** User messages with a place for context: `placeContext(PROMPT_TEMPLATES.answer, text)`, and then your own words. */
export const PROMPT_TEMPLATES = {
  answer: `What the team knows:

{{context}}

Answer what follows with it. Name the keys that you rely on. Say so when the answer is not there.`,
  summarize: `{{context}}

Summarize the context for somebody who has not followed: what is decided, what is open, who is on what. Name keys. Add nothing that is not there.`,
  handoff: `{{context}}

You take this over. State what has been done, what comes next, and what you would have to ask whom before you can go on.`,
  review: `{{context}}

Look for items that contradict each other, or that are older than what they depend on. List them by key and author, with what is wrong; if there are none, say so.`,
} as const;
