import { Section } from "@/ui/definition-rows";
import type { Block } from "../facts/model";
import { ConditionsBlock } from "./conditions-block";
import { ContainersBlock } from "./containers-block";
import { CountsBlock } from "./counts-block";
import { EntriesBlock } from "./entries-block";
import { SecretBlock } from "./secret-block";
import { EventsBlock } from "./events-block";
import { GaugesBlock } from "./gauges-block";
import { LabelsBlock } from "./labels-block";
import { PrinterBlock } from "./printer-block";
import { RelatedBlock } from "./related-block";
import { TableBlock } from "./table-block";
import { TreeBlock } from "./tree-block";
import { FactRows } from "./value";

export function BlockView({ block }: { block: Block }) {
  switch (block.type) {
    case "facts":
      return block.facts.length === 0 ? null : (
        <Section title={block.title}>
          <FactRows facts={block.facts} />
        </Section>
      );
    case "table":
      return <TableBlock {...block} />;
    case "conditions":
      return <ConditionsBlock {...block} />;
    case "containers":
      return <ContainersBlock {...block} />;
    case "gauges":
      return <GaugesBlock {...block} />;
    case "labels":
      return <LabelsBlock {...block} />;
    case "entries":
      return block.secret ? <SecretBlock {...block} /> : <EntriesBlock {...block} />;
    case "tree":
      return <TreeBlock {...block} />;
    case "related":
      return <RelatedBlock {...block} />;
    case "counts":
      return <CountsBlock {...block} />;
    case "events":
      return <EventsBlock />;
    case "printer":
      return <PrinterBlock />;
  }
}
