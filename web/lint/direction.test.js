import { describe, expect, it } from "vitest";
import { refusal } from "./direction.js";

describe("import direction", () => {
  it("lets features use components, ui, api and lib", () => {
    expect(refusal("/x/src/features/fleet/page.tsx", "@/ui/button")).toBeNull();
    expect(refusal("/x/src/features/fleet/page.tsx", "./row")).toBeNull();
  });
  it("keeps features apart", () => {
    expect(refusal("/x/src/features/fleet/page.tsx", "@/features/detail/pane")).toMatch(/may not import/);
    expect(refusal("/x/src/features/fleet/page.tsx", "../detail/pane")).toMatch(/may not import/);
  });
  it("never points upwards", () => {
    expect(refusal("/x/src/ui/button.tsx", "@/api/http")).toBe("ui may not import api");
    expect(refusal("/x/src/lib/age.ts", "@/ui/button")).toBe("lib may not import ui");
    expect(refusal("/x/src/components/table.tsx", "@/features/list/page")).toBe(
      "components may not import features",
    );
  });
});
