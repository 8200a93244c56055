import { Failed, Loading } from "../parts/empty.tsx";
import { currentFilter, FilterBar } from "../parts/filter-bar.tsx";
import { Empty } from "../parts/empty.tsx";
import { VirtualList } from "../parts/virtual-list.tsx";
import { useItems } from "../state/item-list.ts";
import { mode, viewer } from "../state/route.ts";
import { EmptyMesh, PushButton } from "../board/board-page.tsx";
import { overview, visibility } from "../state/directory.ts";
import { count, plural } from "../text/units.ts";
import { ItemRow } from "./item-row.tsx";
import { PrefixTree } from "./prefix-tree.tsx";

const ROW = 36;

/** All items as a table, beside the tree of their key prefixes. */
export function ItemsPage() {
  const filter = currentFilter();
  const list = useItems(filter);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const hidden = mode.value === "own" ? visibility.value?.hidden : undefined;
  const expired = overview.value?.problems.expired ?? 0;
  return (
    <div class="page items-page">
      <div class="page-head">
        <h1>Items</h1>
        <FilterBar names={["prefix", "topic", "author", "state"]} />
        <PushButton />
      </div>
      <div class="items-body">
        <PrefixTree />
        <div class="item-table">
          <div class="item-columns item-line" aria-hidden="true">
            <span />
            <span>Key</span>
            <span class="line-preview">Value</span>
            <span class="line-route">Route</span>
            <span class="line-author">Author</span>
            <span class="line-revision">Revision</span>
            <span class="line-age">Age</span>
          </div>
          {list.items.length === 0 && list.loading ? (
            <Loading rows={10} />
          ) : list.error !== undefined && list.items.length === 0 ? (
            <Failed error={list.error} />
          ) : (
            <VirtualList
              items={list.items}
              rowHeight={ROW}
              label="Items"
              keyOf={({ key }) => key}
              row={(item) => <ItemRow item={item} isNew={list.isNew(item)} />}
              onEnd={list.loadMore}
              empty={
                isFiltered ? (
                  <Empty icon="search" title="No item matches">
                    Clear the filter, or type a shorter prefix.
                  </Empty>
                ) : mode.value === "own" && viewer.value !== undefined ? (
                  <Empty icon="hidden" title={`${viewer.value} sees nothing`}>
                    Subscribe it to a topic, or address an item to it by name. Routing shows what is
                    missing.
                  </Empty>
                ) : (
                  <EmptyMesh />
                )
              }
            />
          )}
          {list.error === undefined && (
            <footer class="table-foot quiet number">
              {plural(list.items.length, "item")}
              {!list.complete && " loaded, more follow as you scroll"}
              {hidden !== undefined &&
                hidden > 0 &&
                ` · ${count(hidden)} that ${viewer.value} does not see`}
              {expired > 0 && ` · ${count(expired)} expired and not swept yet`}
            </footer>
          )}
        </div>
      </div>
    </div>
  );
}
