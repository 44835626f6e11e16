import { ArrowDown } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { Button } from "@/ui/button";
import { Layout, ROW, shownLength } from "./layout";
import type { LogLine } from "./lines";
import { LogRow, LONGEST_SHOWN, type RowLook } from "./log-row";
import type { LogSnapshot } from "./log-store";

const MARGIN = 10;
/** Rows of a wrapped line before it is opened. */
const MOST_ROWS = Math.ceil(LONGEST_SHOWN / 20);
/** Caret, letters, level, and what is left free at the right. */
const GUTTER = 20 + 24 + 12;

interface Box {
  top: number;
  height: number;
  width: number;
}

/** Width of a character, which is the same for all. */
function useCharacter(): [RefObject<HTMLSpanElement | null>, number] {
  const ruler = useRef<HTMLSpanElement>(null);
  const [width, setWidth] = useState(7.2);
  useEffect(() => {
    const measure = () => {
      const box = ruler.current?.getBoundingClientRect();
      if (box && box.width > 0) setWidth(box.width / 100);
    };
    measure();
    void document.fonts.ready.then(measure);
  }, []);
  return [ruler, width];
}

/** What was measured of lines that are not as high as was reckoned. */
type Measured = Map<number, { key: string; height: number }>;

function useHeights(look: RowLook, columns: number, open: ReadonlySet<number>) {
  const [measured] = useState<Measured>(() => new Map());
  const shape = { wrap: look.wrap, fields: look.fields, columns };
  const keyOf = (line: LogLine) => `${look.wrap} ${look.fields} ${columns} ${open.has(line.id)}`;
  const reckon = (line: LogLine) =>
    look.wrap
      ? ROW * Math.min(MOST_ROWS, Math.max(1, Math.ceil(shownLength(line, shape, LONGEST_SHOWN) / columns)))
      : ROW;
  const heightOf = (line: LogLine) => {
    const known = measured.get(line.id);
    return known && known.key === keyOf(line) ? known.height : reckon(line);
  };
  const learn = (line: LogLine, height: number): boolean => {
    if (Math.abs(heightOf(line) - height) < 0.5) return false;
    // What is no longer drawn need not be known for ever.
    if (measured.size > 5_000) measured.clear();
    measured.set(line.id, { key: keyOf(line), height });
    return true;
  };
  return { heightOf: look.wrap || open.size > 0 ? heightOf : null, learn };
}

/** A line to be brought into sight; another object each time. */
export interface Revealed {
  id: number;
}

interface LogListProps {
  snapshot: LogSnapshot;
  look: RowLook;
  following: boolean;
  onFollow: (following: boolean) => void;
  current: number | null;
  open: ReadonlySet<number>;
  onToggle: (line: LogLine) => void;
  scroller: RefObject<HTMLDivElement | null>;
  /** Until then the end may be reached without anybody meaning to follow. */
  quietUntil: RefObject<number>;
  revealed: Revealed | null;
  label: string;
}

/** Lines as a window onto them: only what is seen is drawn. */
export function LogList(props: LogListProps) {
  const {
    snapshot,
    look,
    following,
    onFollow,
    current,
    open,
    onToggle,
    scroller,
    quietUntil,
    revealed,
    label,
  } = props;
  const { shown, sources, filter } = snapshot;
  const [box, setBox] = useState<Box>({ top: 0, height: 0, width: 0 });
  const [learned, setLearned] = useState(0);
  const [ruler, character] = useCharacter();
  const times = look.times ? 96 : 0;
  const letters = look.letters ? 24 : 0;
  const columns = Math.max(20, Math.floor((box.width - GUTTER - times - letters) / character));
  const { heightOf, learn } = useHeights(look, columns, open);
  const [layout] = useState(() => new Layout());
  layout.update(shown, heightOf);

  const anchor = useRef<{ line: LogLine; offset: number } | null>(null);
  const last = useRef(0);
  const content = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = () =>
      setBox((old) => {
        const next = { top: element.scrollTop, height: element.clientHeight, width: element.clientWidth };
        return old.top === next.top && old.height === next.height && old.width === next.width ? old : next;
      });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [scroller]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop: top, clientHeight: height, clientWidth: width, scrollHeight } = element;
    const below = scrollHeight - top - height;
    // Upwards is always a person; downwards to the end means to go on.
    if (top < last.current - 2 && below > 2 * ROW && following) onFollow(false);
    if (below < 2 && !following && performance.now() > quietUntil.current) onFollow(true);
    last.current = top;
    const index = layout.indexAt(top);
    const line = shown[index];
    anchor.current = line ? { line, offset: top - layout.topOf(index) } : null;
    setBox({ top, height, width });
  };

  // Before the browser paints: at the end while following, else where the reader was, whatever came or went meanwhile.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let top = element.scrollTop;
    if (following) top = element.scrollHeight - element.clientHeight;
    else if (anchor.current) {
      const index = shown.indexOf(anchor.current.line);
      if (index >= 0) top = layout.topOf(index) + anchor.current.offset;
    }
    if (Math.abs(top - element.scrollTop) < 1) return;
    element.scrollTop = top;
    last.current = element.scrollTop;
    setBox((old) => ({ ...old, top: element.scrollTop }));
    // The lines change in place: their version tells.
  }, [scroller, following, shown, layout, snapshot.version, box.width, box.height, learned]);

  // Again when the line turns out to be higher than was reckoned, but not once somebody scrolls.
  useLayoutEffect(() => {
    const element = scroller.current;
    const index = revealed ? shown.findIndex(({ id }) => id === revealed.id) : -1;
    if (!element || index < 0 || performance.now() > quietUntil.current) return;
    const [above, below] = [layout.topOf(index), layout.topOf(index + 1)];
    const least = below - element.clientHeight;
    element.scrollTop = Math.min(above, Math.max(least, element.scrollTop));
    last.current = element.scrollTop;
    const seen = layout.indexAt(last.current);
    const line = shown[seen];
    anchor.current = line ? { line, offset: last.current - layout.topOf(seen) } : null;
    setBox((old) => ({ ...old, top: last.current }));
  }, [revealed, learned, scroller, shown, layout, quietUntil]);

  const first = Math.max(0, layout.indexAt(box.top) - MARGIN);
  const end = Math.min(shown.length, layout.indexAt(box.top + box.height) + 1 + MARGIN);
  const drawn = shown.slice(first, end);

  useLayoutEffect(() => {
    if (!heightOf || !content.current) return;
    let other = false;
    const rows = content.current.children;
    for (let at = 0; at < drawn.length; at += 1) {
      const [line, row] = [drawn[at], rows[at]];
      if (line && row) other = learn(line, row.getBoundingClientRect().height) || other;
    }
    if (other) setLearned((count) => count + 1);
  }, [heightOf, drawn, learn]);

  const bySource = new Map(sources.map((source) => [source.id, source]));
  const newest = shown.at(-1)?.id ?? 0;
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={label}
        tabIndex={0}
        onScroll={onScroll}
        className="mono h-full overflow-auto bg-bg text-[12px]/[18px] outline-offset-[-2px] [overflow-anchor:none]"
      >
        <span ref={ruler} aria-hidden className="invisible absolute whitespace-pre">
          {"0".repeat(100)}
        </span>
        <div style={{ height: layout.height }} className={look.wrap ? "" : "w-max min-w-full"}>
          <div ref={content} style={{ transform: `translateY(${layout.topOf(first)}px)` }}>
            {drawn.map((line) => (
              <LogRow
                key={line.id}
                line={line}
                source={bySource.get(line.source)}
                look={look}
                filter={filter}
                current={line.id === current}
                open={open.has(line.id)}
                onToggle={onToggle}
              />
            ))}
          </div>
        </div>
      </div>
      {!following && layout.height > box.height && (
        <NewLines newest={newest} onFollow={() => onFollow(true)} />
      )}
    </div>
  );
}

/** How much came while somebody reads further up. */
function NewLines({ newest, onFollow }: { newest: number; onFollow: () => void }) {
  const [since] = useState(newest);
  const count = newest - since;
  return (
    <div className="absolute right-5 bottom-3 rounded bg-raised-1 shadow-float">
      <Button icon={<ArrowDown size={14} />} onClick={onFollow}>
        {count > 0 ? `${count.toLocaleString("en")} new ${count === 1 ? "line" : "lines"}` : "to the end"}
      </Button>
    </div>
  );
}
