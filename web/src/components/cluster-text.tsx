import { splitInvisible } from "@/lib/invisible";

/** Text from a cluster: what would be invisible is shown, and its direction cannot reach its surroundings. */
export function ClusterText({ text }: { text: string }) {
  return (
    <bdi>
      {splitInvisible(text).map((part, at) =>
        part.invisible ? (
          <span
            key={at}
            title="an invisible character"
            className="mx-px rounded-sm border border-dashed border-danger px-0.5 text-xs text-danger"
          >
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </bdi>
  );
}
