import { Hint } from "../parts/hint.tsx";
import { Icon } from "../parts/icons.tsx";
import { dismiss, toasts } from "../state/toasts.ts";
import { startOf, visibleText } from "../../text/visible-text.ts";

export function Toasts() {
  return (
    <div class="toasts" aria-live="polite">
      {toasts.value.map(({ id, kind, text, hint }) => (
        <div key={id} class={`toast ${kind}`}>
          <Icon name={kind === "done" ? "check" : "warning"} />
          <div class="grow">
            <p>{visibleText(startOf(text, 300).text)}</p>
            {hint !== "" && (
              <p class="quiet">
                <Hint text={hint} />
              </p>
            )}
          </div>
          <button
            type="button"
            class="icon-button"
            aria-label="Dismiss"
            onClick={() => dismiss(id)}
          >
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
