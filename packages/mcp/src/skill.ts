import { readFileSync } from "node:fs";

const read = (name: string): string =>
  readFileSync(new URL(`../skill/${name}`, import.meta.url), "utf8");

/**
 * A skill for coding agents, as the text of a `SKILL.md`: how to work with a mesh through the tools of this server. It has the
 * toolsets `context`, `tasks` and `live` in mind, and says what to do without the last two.
 *
 * @example
 * ```ts
 * await writeFile(".claude/skills/syntha/SKILL.md", SKILL);
 * ```
 */
export const SKILL = read("SKILL.md");

/**
 * The same in one paragraph of Markdown with a heading of level 2, for an `AGENTS.md` or `CLAUDE.md`. Ends with a line break.
 *
 * @example
 * ```ts
 * await appendFile("AGENTS.md", `\n${AGENTS_PARAGRAPH}`);
 * ```
 */
export const AGENTS_PARAGRAPH = read("AGENTS.md");
