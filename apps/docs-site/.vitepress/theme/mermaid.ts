import { useData } from "vitepress";
import { defineComponent, h, onMounted, ref, useId, watch } from "vue";

/** A picture of a `mermaid` block, drawn in the browser: there it can be as light or dark as the page. */
export const Mermaid = defineComponent({
  props: { code: { type: String, required: true } },
  setup(props) {
    const { isDark } = useData();
    const svg = ref("");
    const id = `mermaid-${useId()}`;
    const draw = async (): Promise<void> => {
      const { default: mermaid } = await import("mermaid");
      mermaid.initialize({ startOnLoad: false, theme: isDark.value ? "dark" : "neutral" });
      ({ svg: svg.value } = await mermaid.render(id, decodeURIComponent(props.code)));
    };
    onMounted(draw);
    watch(isDark, draw);
    return () => h("div", { class: "mermaid", innerHTML: svg.value });
  },
});
