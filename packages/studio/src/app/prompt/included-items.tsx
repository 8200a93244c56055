import type { PromptPreview } from "../../api/index.ts";
import { KeyName } from "../parts/names.tsx";
import { linkTo } from "../state/route.ts";
import { count } from "../text/units.ts";

const REASONS = {
  budget: "no space left",
  share: "its author used its share",
  too_large: "larger than the budget",
  unreadable: "damaged",
} as const;
const MOST = 200;

/** What is in the block, by its tokens, and what is not. */
export function IncludedItems({ preview: { full } }: { preview: PromptPreview }) {
  const largest = Math.max(1, ...full.included.map(({ tokens }) => tokens));
  return (
    <aside class="included" aria-label="Items of the block">
      <section>
        <h3>In the block ({count(full.included.length)})</h3>
        <ul>
          {full.included.slice(0, MOST).map(({ key, tokens }) => (
            <li key={key}>
              <a class="included-row" href={linkTo({ item: key })} data-nav data-key={key}>
                <span class="row grow">
                  <KeyName text={key} />
                </span>
                <span class="included-bar" aria-hidden="true">
                  <span style={{ transform: `scaleX(${tokens / largest})` }} />
                </span>
                <span class="number quiet">{count(tokens)}</span>
              </a>
            </li>
          ))}
        </ul>
      </section>
      {full.omitted.length > 0 && (
        <section>
          <h3>Left out ({count(full.omitted.length)})</h3>
          <ul>
            {full.omitted.slice(0, MOST).map(({ key, reason, tokens }) => (
              <li key={key}>
                <a class="included-row" href={linkTo({ item: key })} data-nav data-key={key}>
                  <span class="row grow">
                    <KeyName text={key} />
                  </span>
                  <span class="quiet">{REASONS[reason]}</span>
                  {tokens !== undefined && <span class="number quiet">{count(tokens)}</span>}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </aside>
  );
}
