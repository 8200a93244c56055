import { useEffect } from "preact/hooks";
import { CopyIcon } from "../parts/copy-text.tsx";
import { Empty, Failed, Loading } from "../parts/empty.tsx";
import { Icon, StateMark } from "../parts/icons.tsx";
import { JsonTree } from "../parts/json-tree.tsx";
import { KeyName } from "../parts/names.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { dialog } from "../state/dialog.ts";
import { panelWide } from "../state/panel.ts";
import { read } from "../state/request.ts";
import { type Resource, useResource } from "../state/resource.ts";
import { at, go, type ItemTab, linkTo, mode, place, tenant, viewer } from "../state/route.ts";
import { mayWrite } from "../state/session.ts";
import { retry } from "../actions/actions.ts";
import type { ItemDetail } from "../../api/index.ts";
import { visibleText } from "../../text/visible-text.ts";
import { ItemFacts } from "./item-facts.tsx";
import { ItemHistory } from "./item-history.tsx";
import { ItemAudience } from "./item-audience.tsx";

/** One item beside the page: its value, its history, and why each agent sees it or not. */
export function ItemPanel({ itemKey }: { itemKey: string }) {
  const tab = place.value.tab ?? "value";
  const query = {
    key: itemKey,
    tenant: tenant.value,
    as: viewer.value,
    at: at.value,
  };
  const resource = useResource(
    JSON.stringify(query),
    (signal) => read("api/item", query, signal),
    (message) =>
      message.type === "visibility" ||
      // Its lease may have been released, which no other message says.
      message.type === "head" ||
      ("key" in message && message.key === itemKey) ||
      (message.type === "put" && message.item.key === itemKey),
  );
  useEffect(() => () => void (panelWide.value = false), []);
  return (
    <aside
      class={`panel${panelWide.value ? " wide" : ""}`}
      aria-label={`Item ${visibleText(itemKey).slice(0, 120)}`}
    >
      <PanelHead itemKey={itemKey} resource={resource} />
      <div class="panel-tabs">
        <Tabs<ItemTab>
          label="Parts of the item"
          current={tab}
          tabs={[
            { id: "value", label: "Value" },
            { id: "history", label: "History" },
            {
              id: "why",
              label: (
                <>
                  Why <kbd>w</kbd>
                </>
              ),
            },
          ]}
          onChoose={(id) => go({ tab: id })}
        />
        <Actions itemKey={itemKey} detail={resource.data} />
      </div>
      <div class="panel-body" role="tabpanel" aria-label={tab} tabIndex={0}>
        <Body tab={tab} itemKey={itemKey} resource={resource} />
      </div>
    </aside>
  );
}

function PanelHead({ itemKey, resource }: { itemKey: string; resource: Resource<ItemDetail> }) {
  const item = resource.data?.item;
  return (
    <header class="panel-head">
      <div class="row grow">
        {item !== undefined && <StateMark state={item.state} />}
        <h2 class="row">
          <KeyName text={itemKey} />
        </h2>
        <CopyIcon text={itemKey} label="Copy the key" />
      </div>
      <button
        type="button"
        class="icon-button panel-wide"
        aria-label={panelWide.value ? "Narrow the panel" : "Widen the panel"}
        onClick={() => (panelWide.value = !panelWide.value)}
      >
        <Icon name="wide" />
      </button>
      <a
        class="icon-button"
        aria-label="Close the item"
        href={linkTo({ item: undefined, tab: undefined })}
      >
        <Icon name="close" />
      </a>
    </header>
  );
}

function Actions({ itemKey, detail }: { itemKey: string; detail: ItemDetail | undefined }) {
  const item = detail?.item;
  if (!mayWrite.value || item === undefined) return null;
  return (
    <div class="row panel-actions">
      {item.state === "failed" && (
        <button type="button" class="button small" onClick={() => void retry(itemKey)}>
          Retry
        </button>
      )}
      {item.state === "claimed" && (
        <button
          type="button"
          class="button small"
          onClick={() =>
            (dialog.value = { kind: "release", key: itemKey, agent: item.lease?.agent })
          }
        >
          Release
        </button>
      )}
      <button
        type="button"
        class="button small"
        onClick={() => (dialog.value = { kind: "push", key: itemKey, value: detail?.value })}
      >
        Edit
      </button>
      <button
        type="button"
        class="button small danger"
        onClick={() => (dialog.value = { kind: "delete", key: itemKey })}
      >
        Delete
      </button>
    </div>
  );
}

function Body({
  tab,
  itemKey,
  resource: { data, error, reload },
}: {
  tab: ItemTab;
  itemKey: string;
  resource: Resource<ItemDetail>;
}) {
  if (tab === "history") return <ItemHistory itemKey={itemKey} />;
  if (tab === "why") return <ItemAudience itemKey={itemKey} />;
  if (data === undefined)
    return error === undefined ? <Loading /> : <Failed error={error} retry={reload} />;
  const { item, value, explanation } = data;
  if (item === undefined)
    return (
      <Empty icon="hidden" title="No such item">
        {visibleText(explanation?.text ?? "It does not exist at this position.")}
      </Empty>
    );
  const isUnseen = viewer.value !== undefined && explanation?.visible === false;
  return (
    <>
      {isUnseen && (
        <p class="notice">
          <Icon name="hidden" />
          <span>{visibleText(explanation.text)}</span>
        </p>
      )}
      {isUnseen && mode.value === "own" ? null : (
        <section class="value-frame" aria-label="Value">
          {item.unreadable === undefined ? (
            <JsonTree value={value} />
          ) : (
            <p class="notice failed">{visibleText(item.unreadable)}</p>
          )}
        </section>
      )}
      <ItemFacts item={item} />
    </>
  );
}
