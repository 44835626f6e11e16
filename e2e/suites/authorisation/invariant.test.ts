import { afterAll, beforeAll, expect, it } from "vitest";
import { CLUSTER, KINDS, NAMESPACES, town, type Town } from "../../lib/authorisation";
import { place } from "../../lib/api";
import { describeControlPlane } from "../../lib/control-plane";
import type { Answer, NamespaceItem, SearchAnswer } from "../../lib/contract";
import { pooled, truth } from "../../lib/oracle";
import { Random, seed } from "../../lib/random";
import { RandomRbac, type Listed } from "../../lib/rbac-fuzz";
import { show } from "../../lib/wait";

const PEOPLE = 10;
const ROUNDS = 24;
/** Whoever lists one of these in a namespace is offered the namespace. */
const TELLING = ["pods", "deployments.apps", "services"];
/** What the product promises. */
const FOLLOWS_WITHIN_MS = 30_000;

type Resident = Town["people"][number];
interface Question {
  person: Resident;
  kind: Listed;
}
interface Difference {
  question: Question;
  got: string[];
  expected: string[];
}
/** Milliseconds after a change until the last row that went, and the last that came. */
interface Lags {
  tooLong: number;
  tooLate: number;
}
const key = ({ person, kind }: Question) => `${person.id} ${kind.id}`;

// For any RBAC, any user, any kind: what Periscope lists is what the API server lists for that user.
describeControlPlane("the authorisation invariant", () => {
  const random = new Random(seed());
  let here: Town;
  let rbac: RandomRbac;
  let questions: Question[];
  /** What the API server lists, by question. */
  let before = new Map<string, string[]>();

  beforeAll(async () => {
    here = await town(random, PEOPLE);
    const universe = {
      users: here.people,
      groups: here.groups,
      namespaces: NAMESPACES,
      kinds: KINDS,
      names: here.names,
    };
    rbac = new RandomRbac(random, universe, here.kube);
    questions = here.people.flatMap((person) => KINDS.map((kind) => ({ person, kind })));
  });
  afterAll(() => here?.stop());

  const oracle = ({ person, kind }: Question) => truth(here.kube, person, kind, here.namespaces);

  async function answer({ person, kind }: Question): Promise<string[]> {
    const window = await person.api.list(kind.id, { cluster: CLUSTER, limit: 500 });
    const places = window.rows.map(place).sort();
    expect(window.total, `${kind.id} for ${person.id}: the total counts what is shown`).toBe(places.length);
    for (const facet of window.facets) expect(facet.count).toBeLessThanOrEqual(places.length);
    return places;
  }

  /** Asks until all answers agree; says how long a row was seen too long, and one too late, at most. */
  async function agree(what: string): Promise<Lags> {
    const since = performance.now();
    const lags: Lags = { tooLong: 0, tooLate: 0 };
    const now = new Map<string, string[]>();
    let left = questions;
    for (;;) {
      const wrong: Difference[] = [];
      await pooled(left, 8, async (question) => {
        const old = before.get(key(question)) ?? [];
        const early = await oracle(question);
        const got = await answer(question);
        const expected = await oracle(question);
        now.set(key(question), expected);
        // On the way from the old to the new, nothing may be seen that neither allows.
        const allowed = new Set([...old, ...early, ...expected]);
        const leaked = got.filter((name) => !allowed.has(name));
        expect(leaked, `${key(question)} after ${what}\n${rbac.describe(question.person)}`).toEqual([]);
        if (show(got) === show(expected)) return;
        wrong.push({ question, got, expected });
        const much = got.some((name) => !expected.includes(name));
        lags[much ? "tooLong" : "tooLate"] = Math.round(performance.now() - since);
      });
      if (wrong.length === 0) {
        before = now;
        return lags;
      }
      if (performance.now() - since > FOLLOWS_WITHIN_MS) {
        const told = wrong.map(
          ({ question, got, expected }) =>
            `${key(question)}: Periscope lists ${show(got)}, the API server ${show(expected)}\n${rbac.describe(question.person)}`,
        );
        throw new Error(`${FOLLOWS_WITHIN_MS} ms after ${what}:\n${told.slice(0, 3).join("\n")}`);
      }
      left = wrong.map(({ question }) => question);
    }
  }

  it("holds when nobody may do anything", { timeout: 120_000 }, async () => {
    await agree("nothing");
    expect([...before.values()].flat()).toEqual([]);
  });

  it("holds for random RBAC, and follows its changes", { timeout: 400_000 }, async () => {
    await rbac.begin(10, 14);
    const lags = [await agree("the first roles and bindings")];
    let visible = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      lags.push(await agree(await rbac.change()));
      visible += [...before.values()].flat().length;
    }
    console.info(
      `${visible} rows compared; ms too long, too late: ${lags.map(({ tooLong, tooLate }) => `${tooLong}, ${tooLate}`).join("; ")}`,
    );
    // A world in which nobody ever sees anything would prove nothing.
    expect(visible).toBeGreaterThan(50);
  });

  it("holds for counts, search and namespaces", { timeout: 120_000 }, async () => {
    await agree("nothing more");
    const expected = (person: Resident, id: string) => before.get(`${person.id} ${id}`) ?? [];
    for (const person of here.people) {
      const counts = await person.api.counts(CLUSTER);
      for (const { id } of KINDS) {
        const count = counts[id];
        if (!count) continue;
        const truly = expected(person, id).length;
        if (count.certainty === "exact") expect(count.count, `${person.id} counts ${id}`).toBe(truly);
        else expect(count.count, `${person.id} counts ${id}, ${count.certainty}`).toBeLessThanOrEqual(truly);
      }
      const { hits } = await person.api.json<SearchAnswer>(["search"], { q: "needle", limit: 100 });
      for (const { object } of hits)
        expect(expected(person, object.kind), `${person.id} finds ${show(object)}`).toContain(place(object));
      const offered = await person.api.json<Answer<NamespaceItem[]>>(["clusters", CLUSTER, "namespaces"]);
      const pods = expected(person, "pods");
      for (const { name, pods: count } of offered.data) {
        const own = pods.filter((pod) => pod.startsWith(`${name}/`)).length;
        const known =
          expected(person, "namespaces").includes(name) ||
          TELLING.some((id) => expected(person, id).some((one) => one.startsWith(`${name}/`)));
        expect(known, `${person.id} is offered the namespace ${name}`).toBe(true);
        expect(count ?? own, `${person.id} counts the pods of ${name}`).toBe(own);
      }
    }
  });

  it("holds again when everything is taken back", { timeout: 120_000 }, async () => {
    await rbac.removeAll();
    console.info(`everything was taken back within ${(await agree("everything was removed")).tooLong} ms`);
    expect([...before.values()].flat()).toEqual([]);
  });
});
