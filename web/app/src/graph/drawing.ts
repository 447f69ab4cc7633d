// The drawing: Cytoscape on a canvas. It is loaded when a graph is drawn, never before.
import cytoscape, { type Core, type StylesheetJson } from "cytoscape";
import LOOKS from "./looks.json";
import type { Link, Thing } from "./paths";

export interface Drawing {
  /** Draw these in place of what is there. */
  show(things: Thing[], links: Link[]): void;
  /** Put weight on these things and the links between them; none: on all alike. */
  mark(ids: string[]): void;
  /** Give all of it as a picture, in the colours of the page. */
  picture(): Promise<Blob>;
  close(): void;
}

const SIZE = 18;
// Beyond so many the springs take seconds: rings by distance are there at once.
const SPRUNG = 150;
// Beyond so many captions nobody reads any: they come back near enough.
const NAMED = 400;
const CAPTION = 34;
// Cytoscape adds a style sheet unless one of this name is there; the page's own does what it says.
const STYLE_ID = "__________cytoscape_stylesheet";

export function draw(box: HTMLElement, chosen: (id: string) => void): Drawing {
  box.id = STYLE_ID;
  const graph: Core = cytoscape({
    container: box,
    style: looksOn(box),
    hideEdgesOnViewport: true,
    textureOnViewport: true,
    minZoom: 0.02,
    maxZoom: 4,
  });
  graph.on("tap", "node", (event) => chosen(event.target.id()));
  // A canvas does not follow the theme by itself.
  const theme = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => void graph.style(looksOn(box));
  theme.addEventListener("change", follow);
  return {
    show(things, links) {
      graph.batch(() => {
        graph.elements().remove();
        graph.add(things.map((one) => ({ data: { ...one, caption: short(one.caption), ring: 2 - one.steps } })));
        graph.add(links.map(({ source, target, says }) => ({ data: { source, target, says } })));
        graph.nodes().toggleClass("named", things.length <= NAMED);
      });
      graph.layout(layoutFor(things.length)).run();
    },
    mark(ids) {
      graph.batch(() => {
        const wanted = new Set(ids);
        const marked = graph.nodes().filter((one) => wanted.has(one.id()));
        graph.elements().removeClass("marked faint");
        if (marked.empty()) return;
        const both = marked.union(marked.edgesWith(marked));
        graph.elements().not(both).addClass("faint");
        both.addClass("marked");
      });
    },
    picture: () => graph.png({ output: "blob-promise", full: true, scale: 2, bg: getComputedStyle(box).backgroundColor, maxWidth: 8_000, maxHeight: 8_000 }),
    close() {
      theme.removeEventListener("change", follow);
      graph.destroy();
    },
  };
}

function layoutFor(count: number): cytoscape.LayoutOptions {
  if (count <= SPRUNG) return { name: "cose", animate: false, randomize: true, nodeRepulsion: () => 40_000, idealEdgeLength: () => 90, padding: 24 };
  return { name: "concentric", concentric: (one) => one.data("ring"), levelWidth: () => 1, minNodeSpacing: 6, padding: 24 };
}

/** Give how all is drawn, in the colours that the page has now. */
function looksOn(box: HTMLElement): StylesheetJson {
  const { backgroundColor: paper, borderColor: line, color: ink } = getComputedStyle(box);
  const kinds = Object.entries(LOOKS).map(([kind, look]) => ({
    selector: `node[kind = "${kind}"]`,
    style: { "background-color": look.color, width: SIZE * look.size, height: SIZE * look.size },
  }));
  return [
    { selector: "node", style: { "border-width": 1, "border-color": ink } },
    {
      selector: "node.named, node.marked",
      style: {
        label: "data(caption)", color: ink, "font-size": 11, "text-wrap": "wrap", "text-max-width": "120px",
        "text-valign": "bottom", "text-margin-y": 3, "min-zoomed-font-size": 7,
        "text-background-color": paper, "text-background-opacity": 0.8,
      },
    },
    ...kinds,
    { selector: "node[steps = 0]", style: { "border-width": 4 } },
    { selector: "edge", style: { width: 1, "line-color": line, "line-opacity": 0.5, "curve-style": "haystack" } },
    { selector: "edge.marked", style: { width: 3, "line-color": ink } },
    { selector: "node.marked", style: { "border-width": 4 } },
    { selector: ".faint", style: { opacity: 0.2 } },
  ];
}

function short(caption: string): string {
  return caption.length > CAPTION ? `${caption.slice(0, CAPTION - 1)}…` : caption;
}
