import { useEffect, useState, type RefObject } from "react";

export interface VirtualRows {
  /** First row to draw and how many, with a margin around what is seen. */
  first: number;
  count: number;
  /** What is really seen. */
  seenFirst: number;
  seenCount: number;
  width: number;
}

const MARGIN = 6;

/** Windowing for rows of one height: nothing but arithmetic on the scroll position. */
export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  total: number,
  rowHeight: number,
): VirtualRows {
  const [box, setBox] = useState({ top: 0, height: 0, width: 0 });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let frame = 0;
    const measure = () => {
      frame = 0;
      const next = { top: element.scrollTop, height: element.clientHeight, width: element.clientWidth };
      setBox((old) =>
        old.top === next.top && old.height === next.height && old.width === next.width ? old : next,
      );
    };
    const soon = () => {
      frame ||= requestAnimationFrame(measure);
    };
    const observer = new ResizeObserver(soon);
    observer.observe(element);
    element.addEventListener("scroll", soon, { passive: true });
    measure();
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      element.removeEventListener("scroll", soon);
    };
  }, [scroller]);
  const seenFirst = Math.max(0, Math.min(Math.floor(box.top / rowHeight), total - 1));
  const seenCount = Math.ceil(box.height / rowHeight) + 1;
  const first = Math.max(0, seenFirst - MARGIN);
  const last = Math.min(total, seenFirst + seenCount + MARGIN);
  return { first, count: Math.max(0, last - first), seenFirst, seenCount, width: box.width };
}

/** Scrolls just enough for row `index` to be seen below the sticky head. */
export function revealRow(scroller: HTMLElement, index: number, rowHeight: number, head: number): void {
  const top = index * rowHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  const bottom = top + rowHeight + head - scroller.clientHeight;
  if (bottom > scroller.scrollTop) scroller.scrollTop = bottom;
}
