import type { ItemSummary } from "../../api/index.ts";
import { Ago } from "../parts/ago.tsx";
import { Icon, StateMark } from "../parts/icons.tsx";
import { changed, dimmed, Preview } from "../parts/item-card.tsx";
import { Agent, AgentChip, KeyName, TopicChip } from "../parts/names.tsx";
import { withoutSubscribers } from "../state/directory.ts";
import { linkTo, openItem } from "../state/route.ts";

/** An item as a line of the table. */
export function ItemRow({ item, isNew }: { item: ItemSummary; isNew: boolean }) {
  const isOpen = openItem.value === item.key;
  return (
    <a
      class={`item-line${dimmed(item)}${isNew ? changed(item.revision) : ""}${isOpen ? " selected" : ""}`}
      href={linkTo({ item: item.key, tab: undefined })}
      data-nav
      data-key={item.key}
      aria-current={isOpen ? "true" : undefined}
    >
      <StateMark state={item.state} />
      <KeyName text={item.key} />
      <span class="line-preview">
        <Preview item={item} />
      </span>
      <span class="line-route">
        <RouteChips item={item} most={2} />
      </span>
      <span class="line-author">
        <Agent name={item.author} />
      </span>
      <span class="line-revision quiet number mono">#{item.revision}</span>
      <span class="line-age quiet">
        <Ago time={item.updatedAt} />
      </span>
    </a>
  );
}

/** Whom an item is for, in short. */
export function RouteChips({
  item,
  most,
  links = false,
}: {
  item: Pick<ItemSummary, "topics" | "subscribers" | "global">;
  most: number;
  links?: boolean;
}) {
  const { topics, subscribers, global } = item;
  const total = topics.length + subscribers.length;
  if (global)
    return (
      <span class="chip everyone">
        <Icon name="eye" size={12} /> everyone
      </span>
    );
  const shownTopics = topics.slice(0, most);
  const shownAgents = subscribers.slice(0, Math.max(0, most - shownTopics.length));
  const rest = total - shownTopics.length - shownAgents.length;
  return (
    <>
      {shownTopics.map((topic) => (
        <TopicChip
          key={`#${topic}`}
          name={topic}
          withoutSubscribers={withoutSubscribers.value.has(topic)}
          href={links ? linkTo({ topic }) : undefined}
        />
      ))}
      {shownAgents.map((agent) => (
        <AgentChip key={agent} name={agent} href={links ? linkTo({ as: agent }) : undefined} />
      ))}
      {rest > 0 && <span class="chip quiet">+{rest}</span>}
    </>
  );
}
