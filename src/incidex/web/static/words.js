// Places in the report's text. The server counts code points; the browser counts UTF-16 units inside nodes.

export const CodePoints = {
  // Return {start, end, quote} of the words chosen in `text`, without white space at either end, or null.
  selection(text) {
    const chosen = getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) return null;
    const range = chosen.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
    const start = place(range.startContainer, range.startOffset, text);
    const end = place(range.endContainer, range.endOffset, text);
    if (start === null || end === null || end <= start) return null;
    const quote = range.toString();
    if (!quote.trim()) return null;
    const before = [...quote].length - [...quote.trimStart()].length;
    const after = [...quote].length - [...quote.trimEnd()].length;
    return { start: start + before, end: end - after, quote: quote.trim() };
  },
};

// Return the offset in the document of a place in the page, in code points.
function place(node, offset, text) {
  if (node === text) {
    const block = text.children[offset];
    return block ? Number(block.dataset.start) : endOf(text.lastElementChild);
  }
  const block = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".block");
  if (!block) return null;
  const before = document.createRange();
  before.setStart(block, 0);
  before.setEnd(node, offset);
  return Number(block.dataset.start) + [...before.toString()].length;
}

function endOf(block) {
  return block ? Number(block.dataset.start) + [...block.textContent].length : null;
}

// Choose words with the arrow keys, beginning at a mark or at the top of what is in sight.
export function chooseWords(text, mark) {
  const from = mark ?? text.querySelector(".block");
  if (!from) return;
  text.focus({ preventScroll: true });
  const chosen = getSelection();
  const start = document.createRange();
  start.selectNodeContents(from);
  start.collapse(true);
  chosen.removeAllRanges();
  chosen.addRange(start);
  chosen.modify("extend", "forward", "word");
}

document.addEventListener("keydown", (event) => {
  const text = document.getElementById("text");
  const chosen = getSelection();
  if (document.activeElement !== text || chosen.isCollapsed || event.ctrlKey || event.metaKey) return;
  const way = { ArrowRight: ["forward", "word"], ArrowLeft: ["backward", "word"], ArrowDown: ["forward", "line"], ArrowUp: ["backward", "line"] }[event.key];
  if (!way) return;
  event.preventDefault();
  if (!event.shiftKey) {
    if (way[0] === "forward" && way[1] === "word") chosen.collapseToEnd();
    else chosen.collapseToStart();
    chosen.modify("move", ...way);
    if (way[1] === "word" && way[0] === "forward") {
      chosen.modify("move", "backward", "word");
    }
    chosen.modify("extend", "forward", "word");
  } else chosen.modify("extend", ...way);
});
