import type { ComponentChildren } from "preact";
import type { ItemSummary } from "../../api/index.ts";
import { Ago, Left } from "../parts/ago.tsx";
import { StateMark } from "../parts/icons.tsx";
import { Agent, KeyName } from "../parts/names.tsx";
import { RouteChips } from "../items/item-row.tsx";
import { linkTo } from "../state/route.ts";
import { bytes, fullTime } from "../text/units.ts";
import { visibleText } from "../../text/visible-text.ts";

/** Everything about an item but its value. */
export function ItemFacts({ item }: { item: ItemSummary }) {
  const { lease, lastFailure } = item;
  return (
    <dl class="facts">
      <Fact name="Route">
        <span class="row wrap">
          <RouteChips item={item} most={50} links />
        </span>
      </Fact>
      <Fact name="Owner">
        <Agent name={item.owner} />
      </Fact>
      <Fact name="Author">
        <Agent name={item.author} />
      </Fact>
      <Fact name="State">
        <StateMark state={item.state} label />
      </Fact>
      {lease !== undefined && (
        <Fact name="Held by">
          <span class="row">
            <Agent name={lease.agent} />
            {lease.until !== undefined && (
              <span class="quiet">
                <Left time={lease.until} over="lease over" /> left
              </span>
            )}
          </span>
        </Fact>
      )}
      {item.attempts > 0 && <Fact name="Attempts">{item.attempts}</Fact>}
      {item.priority !== 0 && <Fact name="Priority">{item.priority}</Fact>}
      {item.notBefore !== undefined && (
        <Fact name="Not before">{fullTime(Date.parse(item.notBefore))}</Fact>
      )}
      {item.dependsOn.length > 0 && (
        <Fact name="Depends on">
          <span class="stack">
            {item.dependsOn.map((key) => (
              <a key={key} class="row link" href={linkTo({ item: key })}>
                <KeyName text={key} />
                <span class="quiet">
                  {item.pendingDependencies.includes(key) ? "pending" : "satisfied"}
                </span>
              </a>
            ))}
          </span>
        </Fact>
      )}
      {lastFailure !== undefined && (
        <Fact name="Last failure">
          <span class="stack">
            <span class="failure-text">{visibleText(lastFailure.message)}</span>
            <span class="row quiet">
              attempt {lastFailure.attempt} by <Agent name={lastFailure.agent} />
              <Ago time={lastFailure.at} /> ago
            </span>
          </span>
        </Fact>
      )}
      <Fact name="Revision">
        <span class="mono number">#{item.revision}</span>
      </Fact>
      <Fact name="Size">{bytes(item.bytes)}</Fact>
      <Fact name="Written">
        {fullTime(Date.parse(item.updatedAt))}{" "}
        <span class="quiet">
          (<Ago time={item.updatedAt} /> ago)
        </span>
      </Fact>
      <Fact name="Created">{fullTime(Date.parse(item.createdAt))}</Fact>
      {item.expiresAt !== undefined && (
        <Fact name="Expires">
          {fullTime(Date.parse(item.expiresAt))}{" "}
          <span class="quiet">
            (<Left time={item.expiresAt} over="expired" />)
          </span>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
