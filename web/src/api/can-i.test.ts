import { expect, it } from "vitest";
import type { CanIAnswer } from "./actions-contract";
import { createBatcher } from "./can-i";
import type { Permission } from "./contract";

const may = (name: string): Permission => ({ verb: "get", group: "", resource: "pods", name });
const answerAll = (questions: Permission[]): CanIAnswer => ({
  rbacReadable: true,
  answers: questions.map((permission) => ({
    permission,
    allowed: permission.name !== "secret",
    grantedBy: [],
  })),
});

it("asks what belongs together at once, each cluster by itself", async () => {
  const asked: [string, number][] = [];
  const ask = createBatcher((cluster, questions) => {
    asked.push([cluster, questions.length]);
    return Promise.resolve(answerAll(questions));
  });
  const answers = await Promise.all([ask("a", may("x")), ask("b", may("x")), ask("a", may("secret"))]);
  expect(asked).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
  expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, false]);
});

it("asks at most 64 at a time, and gives everybody their own answer", async () => {
  const sizes: number[] = [];
  const ask = createBatcher((_cluster, questions) => {
    sizes.push(questions.length);
    return Promise.resolve(answerAll(questions));
  });
  const names = Array.from({ length: 130 }, (_, at) => `n${at}`);
  const answers = await Promise.all(names.map((name) => ask("a", may(name))));
  expect(sizes).toEqual([64, 64, 2]);
  expect(answers.map(({ permission }) => permission.name)).toEqual(names);
});

it("fails whoever asked, and asks anew later", async () => {
  let failing = true;
  const ask = createBatcher((_cluster, questions) =>
    failing ? Promise.reject(new Error("gone")) : Promise.resolve(answerAll(questions)),
  );
  await expect(ask("a", may("x"))).rejects.toThrow("gone");
  failing = false;
  expect((await ask("a", may("x"))).allowed).toBe(true);
});

it("tells when the server left a question out", async () => {
  const ask = createBatcher(() => Promise.resolve({ answers: [], rbacReadable: false }));
  await expect(ask("a", may("x"))).rejects.toThrow("without an answer");
});
