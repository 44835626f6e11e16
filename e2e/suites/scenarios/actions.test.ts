import { ADMINS, onEverySubject, WORKLOADS } from "../../lib/subject";
import { actionScenarios } from "./actions";

const PERSONAS = [
  { id: "admin", user: "ada@corp", groups: [ADMINS] },
  { id: "nina", user: "nina@corp" },
  { id: "nobody", user: "nobody@corp" },
];

onEverySubject("acting", PERSONAS, actionScenarios, WORKLOADS);
