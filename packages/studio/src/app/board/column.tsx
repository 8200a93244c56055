import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ItemSummary, TopicSummary } from "../../api/index.ts";
import { Failed, Loading } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { ItemCard } from "../parts/item-card.tsx";
import { Name } from "../parts/names.tsx";
import { VirtualList } from "../parts/virtual-list.tsx";
import { agentNamed, hasNoSubscribers } from "../state/directory.ts";
import { type ItemFilter, type ItemList, useItems } from "../state/item-list.ts";
import { linkToPage, mode, viewer } from "../state/route.ts";
import { count, plural } from "../text/units.ts";

const CARD = 108;
/** Items that are looked through for those without a topic. */
const MOST_SCANNED = 600;

export function TopicColumn({ topic, filter }: { topic: TopicSummary; filter: ItemFilter }) {
  const [frame, inSight] = useInSight();
  const list = useItems({ ...filter, topic: topic.name }, inSight);
  const as = viewer.value;
  const isSubscribed =
    as === undefined || agentNamed(as)?.subscriptions.includes(topic.name) !== false;
  const withoutSubscribers = hasNoSubscribers(topic);
  const isOwn = as !== undefined && mode.value === "own";
  // In the agent's own view there are only columns with something for it.
  if (isOwn && !isSubscribed && list.complete && list.items.length === 0) return null;
  return (
    <section
      ref={frame}
      class={`column${withoutSubscribers ? " without-subscribers" : ""}`}
      aria-label={`Topic ${topic.name}`}
      data-column
    >
      <header class={`column-head${isSubscribed ? "" : " dimmed"}`}>
        <a class="row grow" href={linkToPage("items", { topic: topic.name })}>
          <span class="quiet" aria-hidden="true">
            #
          </span>
          <h2 class="row">
            <Name text={topic.name} />
          </h2>
          <span class="quiet number">
            {count(isOwn && list.complete ? list.items.length : topic.items)}
          </span>
        </a>
        {withoutSubscribers ? (
          <a class="warn-text row" href={linkToPage("routing", { topic: topic.name })}>
            <Icon name="warning" size={14} /> no one
          </a>
        ) : (
          <span class="quiet">{plural(topic.subscribers, "agent")}</span>
        )}
      </header>
      <Cards list={list} label={`Items on ${topic.name}`} />
    </section>
  );
}

/** Items that no topic leads to: for everyone, for agents by name, or for their owner only. */
export function OtherItems({ filter }: { filter: ItemFilter }) {
  const list = useItems(filter);
  const items = useMemo(() => list.items.filter(({ topics }) => topics.length === 0), [list.items]);
  // Keys are listed by name only: look through a few pages for those without a topic.
  useEffect(() => {
    if (!list.loading && items.length < 20 && list.items.length < MOST_SCANNED) list.loadMore();
  }, [list.loading, items.length]);
  if (items.length === 0 && (list.complete || list.items.length >= MOST_SCANNED)) return null;
  return (
    <section class="column" aria-label="Items without a topic" data-column>
      <header class="column-head">
        <h2 class="grow cut">Everyone, and by name</h2>
        <span class="quiet number">
          {count(items.length)}
          {!list.complete && "+"}
        </span>
      </header>
      <Cards list={{ ...list, items }} label="Items without a topic" />
    </section>
  );
}

function Cards({ list, label }: { list: ItemList; label: string }) {
  const items = useMemo(() => order(list), [list.items, list.complete]);
  if (list.error !== undefined && items.length === 0) return <Failed error={list.error} />;
  if (items.length === 0 && list.loading) return <Loading rows={3} />;
  return (
    <VirtualList
      items={items}
      rowHeight={CARD}
      label={label}
      keyOf={({ key }) => key}
      row={(item) => <ItemCard item={item} isNew={list.isNew(item)} />}
      onEnd={list.loadMore}
      class="cards"
      empty={
        <p class="column-empty quiet">
          {viewer.value !== undefined && mode.value === "own"
            ? "Nothing that it sees."
            : "No items."}
        </p>
      }
    />
  );
}

/** The last written first; as long as not all are loaded, only those that were written meanwhile. */
function order({ items, complete, isNew }: ItemList): readonly ItemSummary[] {
  if (complete) return [...items].sort(byTime);
  const fresh = items.filter(isNew);
  if (fresh.length === 0) return items;
  return [...fresh.sort(byTime), ...items.filter((item) => !isNew(item))];
}

function byTime(left: ItemSummary, right: ItemSummary): number {
  return right.updatedAt < left.updatedAt ? -1 : right.updatedAt > left.updatedAt ? 1 : 0;
}

/** Whether the column has been near the visible part: only then is it loaded. */
function useInSight(): [{ current: HTMLElement | null }, boolean] {
  const frame = useRef<HTMLElement>(null);
  const [inSight, setInSight] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (element === null || inSight) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setInSight(true);
      },
      { rootMargin: "200px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [inSight]);
  return [frame, inSight];
}
