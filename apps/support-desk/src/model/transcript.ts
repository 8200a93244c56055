import { appendFile } from "node:fs/promises";
import { extname } from "node:path";

import { DeskError } from "../desk/desk-error.ts";
import type { HeardCall } from "./heard-handler.ts";

/** All that was asked and told for one decision. */
export type TranscriptEntry = {
  at: string;
  agent: string;
  key: string;
  model: string;
  system: string;
  prompt: string;
  /** Calls of the mesh's tools and of the tool that decides, in their order. */
  calls: readonly HeardCall[];
  /** The last that the model said beside its calls. */
  said: string;
  decision: unknown;
  /** Why there is no decision; null when there is one. */
  failure: string | null;
  requests: number;
  inputTokens: number;
  outputTokens: number;
  ms: number;
};

export const transcriptFormats: readonly string[] = [".jsonl", ".md"];

/** Takes decisions down in a file: a line of JSON or a part of a page for each. Processes may share it. */
export class Transcript {
  readonly #path: string;
  /** Instructions that stand in the page already. */
  readonly #told = new Set<string>();

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Before the first decision is paid for.
   *
   * @throws DeskError when the file can't be written
   */
  static async open(path: string): Promise<Transcript> {
    await appendFile(path, "").catch((cause: NodeJS.ErrnoException) => {
      throw new DeskError(
        `The transcript can't be written: ${cause.message}.`,
        "Name a file in a folder that is there, and that you may write.",
        cause,
      );
    });
    return new Transcript(path);
  }

  /** One write for each decision, so that those of several processes don't mix. */
  async add(entry: TranscriptEntry): Promise<void> {
    const isPage = extname(this.#path).toLowerCase() === ".md";
    await appendFile(this.#path, isPage ? this.#part(entry) : `${JSON.stringify(entry)}\n`);
  }

  #part(entry: TranscriptEntry): string {
    const isNew = !this.#told.has(entry.system);
    this.#told.add(entry.system);
    return toMarkdown(entry, isNew);
  }
}

function toMarkdown(entry: TranscriptEntry, withSystem: boolean): string {
  const { at, agent, key, model, system, prompt, calls, said, decision, failure } = entry;
  const { requests, inputTokens, outputTokens, ms } = entry;
  const parts = [
    `## ${agent}: ${inLine(key)}`,
    `${at}, ${model}, ${requests} requests, ${inputTokens} tokens in, ${outputTokens} out, ${Math.round(ms)} ms`,
    ...(withSystem ? [`System:\n\n${fence(system)}`] : []),
    `Prompt:\n\n${fence(prompt)}`,
    ...calls.map(
      ({ tool, arguments: args, answer }) =>
        `Calls \`${inLine(tool)}\`:\n\n${fence(toText(args))}\n\nand is told:\n\n${fence(toText(answer))}`,
    ),
    ...(said === "" ? [] : [`Says:\n\n${fence(said)}`]),
    failure === null
      ? `Decision:\n\n${fence(toText(decision))}`
      : `No decision:\n\n${fence(failure)}`,
  ];
  return `${parts.join("\n\n")}\n\n`;
}

const toText = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");

/** Keys come from a file, and names of tools from the model. */
const inLine = (name: string): string => name.replaceAll(/[\s\p{Cc}`]+/gu, " ").slice(0, 300);

/** Longer than any row of backticks inside, so that nothing that customers write ends it. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([row]) => row.length));
  const mark = "`".repeat(longest + 1);
  return `${mark}\n${text}\n${mark}`;
}
