import { useMemo } from "preact/hooks";
import { diffLines } from "../text/line-diff.ts";
import { startOf, visibleText } from "../../text/visible-text.ts";

const SIGNS = { same: " ", added: "+", removed: "−", gap: " " } as const;
const LINES = 400;

/** How one JSON value became another, line by line. */
export function DiffView({ before, after }: { before: unknown; after: unknown }) {
  const lines = useMemo(() => diffLines(textOf(before), textOf(after)), [before, after]);
  if (lines.every(({ kind }) => kind === "gap" || kind === "same"))
    return <p class="quiet note">The value stayed the same.</p>;
  return (
    <div class="diff mono" role="group" aria-label="Difference">
      {lines.slice(0, LINES).map(({ kind, text }, index) => (
        <div key={index} class={`diff-line diff-${kind}`}>
          <span class="diff-sign" aria-label={kind === "same" ? undefined : kind}>
            {SIGNS[kind]}
          </span>
          <bdi dir="ltr">{kind === "gap" ? text : visibleText(startOf(text, 1000).text)}</bdi>
        </div>
      ))}
      {lines.length > LINES && <p class="quiet">{lines.length - LINES} more lines</p>}
    </div>
  );
}

function textOf(value: unknown): string {
  return value === undefined ? "" : JSON.stringify(value, null, 2);
}
