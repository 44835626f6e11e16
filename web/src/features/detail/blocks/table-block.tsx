import { Section } from "@/ui/definition-rows";
import type { Block } from "../facts/model";
import { ValueView } from "./value";

type TableProps = Omit<Extract<Block, { type: "table" }>, "type">;

export function TableBlock({ title, columns, rows, empty, note }: TableProps) {
  if (rows.length === 0 && empty === undefined) return null;
  return (
    <Section title={title}>
      {rows.length === 0 ? (
        <p className="text-text-2">{empty}</p>
      ) : (
        <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={title}>
          <table className="w-full text-left [&_.mono]:[overflow-wrap:break-word]">
            {columns.length > 0 && (
              <thead>
                <tr className="border-b border-line">
                  {columns.map((column, at) => (
                    <th key={at} scope="col" className="py-0.5 pr-4 text-xs font-normal text-text-3">
                      {column || <span className="sr-only">remark</span>}
                    </th>
                  ))}
                </tr>
              </thead>
            )}
            <tbody>
              {rows.map((row, at) => (
                <tr key={at} className="border-b border-line last:border-b-0">
                  {row.map((cell, column) => (
                    <td key={column} className="py-1 pr-4 align-top last:pr-0">
                      <ValueView value={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {note && <p className="mt-1 text-sm text-text-3">{note}</p>}
    </Section>
  );
}
