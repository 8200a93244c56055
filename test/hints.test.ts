import { ERROR_CODES } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { type HintCase, refusal, withScene } from "./hints/hint-case.ts";
import { ARGUMENTS } from "./hints/arguments.ts";
import { COPIES } from "./hints/copies.ts";
import { DAMAGE } from "./hints/damaged-data.ts";
import { PACKAGES } from "./hints/packages.ts";
import { PROMPTS } from "./hints/prompts.ts";
import { RULES } from "./hints/rules.ts";
import { FILLED, hintsOf } from "./source-texts.ts";

const CASES: readonly HintCase[] = [
  ...ARGUMENTS,
  ...RULES,
  ...DAMAGE,
  ...COPIES,
  ...PROMPTS,
  ...PACKAGES,
];

/** Packages whose hints must all be covered; the others test the answers of their tools and databases. */
const COVERED = ["core", "langchain", "openai", "prompts", "resilience", "telemetry"];

const TOO_MUCH_FOR_ONE_COMMIT =
  "takes ten thousand items, subscriptions or events: large-topics.test.ts of core follows it";

/** Hints that no call here produces, with the reason. */
const UNCOVERED: Readonly<Record<string, string>> = {
  "Only operations that name a key or an event id can be made true together.":
    "no call makes such a commit: it is for authors of storages",
  "Use a storage that declares it in `supports`: MemoryStorage, SqliteStorage and PostgresStorage do.":
    "all storages of this repository support everything",
  "Continue without it.": "returned to a model whose agent was made before its tool was allowed",
  "Start another one to continue.":
    "ends the wait of a watch or worker that was stopped, which then ends without an error",
  "The copy restarts.": "copyTenant catches the error, and restarts",
  "Export the tenant again, from the beginning.": "thrown into an export that has no reader",
  "Upgrade @syntha/core to the release that wrote the export, or a later one.":
    "there is no later release yet",
  "Call copyTenant again when there are fewer writes. It resumes here.":
    "a case of the storage contract copies while others write faster",
  "Open its meshes with `compactEvery: false`, or with a longer `retention.log`, until the copy is done.":
    "a case of the storage contract copies while others compact faster",
  "Try again: each attempt removes more of its rows, until the id is free.":
    "a tenant that is too large to be removed at once: a case of the storage contract",
  "Sweep the mesh, then write again.":
    "the mesh sweeps and writes again by itself; only a storage that is used without one gets it",
  "Unsubscribe it first, from up to 1,000 topics at a time: mesh.agent(${}).unsubscribe(topics); mesh.agent(${}).subscriptions() lists them.":
    TOO_MUCH_FOR_ONE_COMMIT,
  "Delete items of it first: for (const key of await mesh.system.keys({ topics: [${}] })) await mesh.system.delete(key). Then deleteTopic does the rest, if it has subscribers or events.":
    TOO_MUCH_FOR_ONE_COMMIT,
  "End subscriptions to it first: for (const name of await mesh.subscribers(${})) await mesh.agent(name).unsubscribe([${}]). Then deleteTopic does the rest, if it has items or events.":
    TOO_MUCH_FOR_ONE_COMMIT,
  "Let the oldest events go first: mesh.compact({ log: { commits: 0 }, events: { count: 1_000 } }) keeps the last 1,000 events of the mesh. Then delete the topic.":
    TOO_MUCH_FOR_ONE_COMMIT,
};

const given = new Map<HintCase, string>();

describe("hints of errors", () => {
  it.each(CASES)("$code: $hint", (hintCase) =>
    withScene(async (scene) => {
      const error = await refusal(hintCase, scene);
      given.set(hintCase, error.hint);
      expect(`${error.message} ${error.hint}`).not.toMatch(/undefined|\[object|NaN/);
      expect(error.hint.slice(0, hintCase.hint.length)).toBe(hintCase.hint);
      expect(error.hint).not.toBe("");
      await hintCase.follow(scene, error);
    }),
  );

  it("cover every error code", () => {
    const codes = new Set(CASES.map(({ code }) => code));
    expect(ERROR_CODES.filter((code) => !codes.has(code))).toEqual([]);
  });

  it("cover every hint in the source, except documented ones", async () => {
    // Cases that a filter of test names excluded.
    for (const each of CASES)
      if (!given.has(each))
        given.set(each, await withScene(async (scene) => (await refusal(each, scene)).hint));
    const hints = [...given.values()];
    const all = COVERED.flatMap(hintsOf);
    const missing = all.filter(
      ({ text }) => !(text in UNCOVERED) && !hints.some((hint) => toPattern(text).test(hint)),
    );
    expect(missing.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
    const texts = new Set(all.map(({ text }) => text));
    expect(Object.keys(UNCOVERED).filter((text) => !texts.has(text))).toEqual([]);
  });
});

/** Matches every hint that is produced from a text of the source. */
function toPattern(text: string): RegExp {
  const parts = text.split(FILLED).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`);
}
