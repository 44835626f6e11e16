import { describe, expect, it } from "vitest";
import { DEFAULTS, parseSettings } from "./settings";

describe("saved settings", () => {
  it.each([null, "", "not json", "[]", "null", '{"theme":"pink","paneWidth":"wide"}'])(
    "%s means the defaults",
    (text) => {
      expect(parseSettings(text)).toEqual(DEFAULTS);
    },
  );
  it("keeps what is valid", () => {
    expect(
      parseSettings('{"theme":"light","density":"comfortable","shortcuts":false,"paneWidth":500}'),
    ).toEqual({
      ...DEFAULTS,
      theme: "light",
      density: "comfortable",
      shortcuts: false,
      paneWidth: 500,
    });
  });
});
