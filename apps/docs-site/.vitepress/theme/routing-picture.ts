import { defineComponent, h } from "vue";
import svg from "../../../../docs/images/routing.svg?raw";

/** The picture of the README as part of the page, so that it is as light or dark as the page. */
export const RoutingPicture = defineComponent({
  setup: () => () => h("div", { class: "routing-picture", innerHTML: svg }),
});
