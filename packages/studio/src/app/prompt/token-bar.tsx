import type { PromptPreview } from "../../api/index.ts";
import { count } from "../text/units.ts";

/** What the block, the delta and the tools cost, against the budget. */
export function TokenBar({ preview, budget }: { preview: PromptPreview; budget: number }) {
  const { full, delta, tools } = preview;
  const rows = [
    { name: "full block", tokens: full.tokens, kind: "full" },
    ...(delta === undefined ? [] : [{ name: "what changed", tokens: delta.tokens, kind: "delta" }]),
    { name: `${tools.count} tools`, tokens: tools.tokens, kind: "tools" },
  ];
  const scale = Math.max(budget, ...rows.map(({ tokens }) => tokens));
  return (
    <dl class="tokens" aria-label="Tokens">
      {rows.map(({ name, tokens, kind }) => (
        <div key={kind} class="token-row">
          <dt>{name}</dt>
          <dd>
            <span class="token-track" aria-hidden="true">
              <span
                class={`token-fill ${kind}`}
                style={{ transform: `scaleX(${tokens / scale})` }}
              />
            </span>
            <span class="number token-count">{count(tokens)}</span>
            <span class="quiet number">{Math.round((tokens / budget) * 100)} %</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
